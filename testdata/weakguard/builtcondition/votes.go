// Package builtcondition builds conditions with fmt.Sprintf and +; what counts
// is what DynamoDB gets to see.
//
// Two voters of one poll: both conditions only say that the poll is open, and
// both writes carry the old tally plus one.
//
// Invariant: the tally is the number of votes that were accepted.
package builtcondition

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	attrOpen  = "isOpen"
	attrTally = "tally"
)

// Polls stores polls.
type Polls struct {
	DB    *dynamodb.Client
	Table string
}

func pollKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"poll": &types.AttributeValueMemberS{Value: id}}
}

func (p *Polls) tally(ctx context.Context, id string) (int, error) {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: &p.Table, Key: pollKey(id)})
	if err != nil {
		return 0, err
	}
	n, ok := out.Item[attrTally].(*types.AttributeValueMemberN)
	if !ok {
		return 0, fmt.Errorf("poll %s has no tally", id)
	}
	return strconv.Atoi(n.Value)
}

func intValue(i int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(i)}
}

// Vote counts a vote while the poll is open.
func (p *Polls) Vote(ctx context.Context, id string) error {
	old, err := p.tally(ctx, id)
	if err != nil {
		return err
	}
	cond := fmt.Sprintf("attribute_exists(poll) AND %s = :yes", attrOpen)
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want weakguard
		TableName:           &p.Table,
		Key:                 pollKey(id),
		UpdateExpression:    aws.String(fmt.Sprintf("SET %s = :new", attrTally)),
		ConditionExpression: aws.String(cond),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":new": intValue(old + 1),
			":yes": &types.AttributeValueMemberBOOL{Value: true},
		},
	})
	return err
}

// VoteSafe counts a vote if the tally is still the one that was read.
func (p *Polls) VoteSafe(ctx context.Context, id string) error {
	old, err := p.tally(ctx, id)
	if err != nil {
		return err
	}
	cond := attrOpen + " = :yes"
	cond += " AND " + attrTally + " = :old"
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           &p.Table,
		Key:                 pollKey(id),
		UpdateExpression:    aws.String("SET " + attrTally + " = :new"),
		ConditionExpression: &cond,
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":new": intValue(old + 1),
			":old": intValue(old),
			":yes": &types.AttributeValueMemberBOOL{Value: true},
		},
	})
	return err
}
