// Package dynamo keeps polls in DynamoDB.
package dynamo

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/options/poll"
)

// Polls is the table of polls.
type Polls struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

// Poll reads a poll.
func (p *Polls) Poll(ctx context.Context, id string) (*poll.Poll, error) {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(p.Table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	found := &poll.Poll{ID: id, Answers: map[string]int{}}
	answers, _ := out.Item["answers"].(*types.AttributeValueMemberM)
	if answers == nil {
		return found, nil
	}
	for name, v := range answers.Value {
		if n, ok := v.(*types.AttributeValueMemberN); ok {
			if found.Answers[name], err = strconv.Atoi(n.Value); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// Save writes a poll.
func (p *Polls) Save(ctx context.Context, v *poll.Poll) error {
	answers := map[string]types.AttributeValue{}
	for name, n := range v.Answers {
		answers[name] = &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
	}
	item := key(v.ID)
	item["answers"] = &types.AttributeValueMemberM{Value: answers}
	_, err := p.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(p.Table), Item: item})
	return err
}

// Count adds one to an answer that the poll has.
func (p *Polls) Count(ctx context.Context, id, answer string) error {
	_, err := p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(p.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET answers.#a = answers.#a + :one"),
		ConditionExpression:       aws.String("attribute_exists(answers.#a)"),
		ExpressionAttributeNames:  map[string]string{"#a": answer},
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	return err
}
