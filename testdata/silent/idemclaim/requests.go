// Package idemclaim carries out a request once, whoever sends it how often.
//
// Silent: who gets to Do's update has put the record, or has found its own random token in it (the reply to its put was
// lost). The test of the state stands in another arm of the switch and decides nothing for this client.
//
// Invariant: the operation is carried out once.
package idemclaim

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrBusy says that somebody else is at the request.
var ErrBusy = errors.New("in progress")

// Requests are requests by their keys.
type Requests struct {
	DB    *dynamodb.Client
	Table string
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func key(k string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": s(k)}
}

func text(item map[string]types.AttributeValue, name string) string {
	v, _ := item[name].(*types.AttributeValueMemberS)
	if v == nil {
		return ""
	}
	return v.Value
}

// begin claims a request, or says what became of it.
func (r *Requests) begin(ctx context.Context, k string) (reply string, done, found bool, err error) {
	token := rand.Text()
	_, err = r.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(r.Table),
		Item:                map[string]types.AttributeValue{"pk": s(k), "state": s("pending"), "token": s(token)},
		ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	if err == nil {
		return "", false, false, nil
	}
	var refused *types.ConditionalCheckFailedException
	if !errors.As(err, &refused) {
		return "", false, false, err
	}
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.Table), Key: key(k), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return "", false, false, err
	}
	switch {
	case len(out.Item) == 0:
		return "", false, true, nil
	case text(out.Item, "token") == token:
		return "", false, false, nil
	case text(out.Item, "state") != "done":
		return "", false, true, nil
	}
	return text(out.Item, "reply"), true, true, nil
}

func (r *Requests) complete(ctx context.Context, k, reply string) error {
	_, err := r.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(r.Table),
		Key:                       key(k),
		UpdateExpression:          aws.String("SET #s = :done, reply = :r"),
		ConditionExpression:       aws.String("attribute_exists(pk)"),
		ExpressionAttributeNames:  map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":done": s("done"), ":r": s(reply)},
	})
	return err
}

// Do carries out a request that nobody has carried out, or replies as it was replied then.
func (r *Requests) Do(ctx context.Context, k string, op func() string) (string, error) {
	reply, done, found, err := r.begin(ctx, k)
	switch {
	case err != nil:
		return "", err
	case found && done:
		return reply, nil
	case found:
		return "", ErrBusy
	}
	reply = op()
	return reply, r.complete(ctx, k, reply)
}
