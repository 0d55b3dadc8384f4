// Package changerow is silent because every change of a mailbox puts a row
// keyed by the state that was read plus one, on condition that it does not
// exist: of two clients that read the same state one finds its row taken.
package changerow

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Mailbox is one folder of a mail account.
type Mailbox struct {
	PK   string `dynamodbav:"pk"`
	SK   string `dynamodbav:"sk"`
	Name string `dynamodbav:"name"`
	Sort int    `dynamodbav:"sort"`
}

// Account is the mail of one user.
type Account struct {
	DB    *dynamodb.Client
	Table string
	User  string
}

type attrs = map[string]types.AttributeValue

func (a *Account) key(sk string) attrs {
	return attrs{
		"pk": &types.AttributeValueMemberS{Value: "ACCOUNT#" + a.User},
		"sk": &types.AttributeValueMemberS{Value: sk},
	}
}

func (a *Account) get(ctx context.Context, sk string, v any) error {
	out, err := a.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(a.Table), Key: a.key(sk), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return err
	}
	return attributevalue.UnmarshalMap(out.Item, v)
}

func (a *Account) stateItems(state int) []types.TransactWriteItem {
	next := &types.AttributeValueMemberN{Value: strconv.Itoa(state + 1)}
	change := a.key(fmt.Sprintf("CHANGE#%09d", state+1))
	counter := &types.Update{
		TableName:                 aws.String(a.Table),
		Key:                       a.key("STATE"),
		UpdateExpression:          aws.String("SET current_state = :next"),
		ExpressionAttributeValues: attrs{":next": next},
	}
	row := &types.Put{
		TableName:           aws.String(a.Table),
		Item:                change,
		ConditionExpression: aws.String("attribute_not_exists(pk)"),
	}
	return []types.TransactWriteItem{{Update: counter}, {Put: row}}
}

// Rename gives a mailbox a new name.
func (a *Account) Rename(ctx context.Context, id, name string) error {
	var state struct {
		Current int `dynamodbav:"current_state"`
	}
	if err := a.get(ctx, "STATE", &state); err != nil {
		return err
	}
	var box Mailbox
	if err := a.get(ctx, "MAILBOX#"+id, &box); err != nil {
		return err
	}
	box.Name = name
	item, err := attributevalue.MarshalMap(box)
	if err != nil {
		return err
	}
	items := append(a.stateItems(state.Current), types.TransactWriteItem{
		Put: &types.Put{TableName: aws.String(a.Table), Item: item},
	})
	_, err = a.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	return err
}
