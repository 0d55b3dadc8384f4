// Package keys takes users for absent that a BatchGetItem has left in UnprocessedKeys.
//
// A request for up to 100 keys may return some of the items, and the keys of the others. Who is not among the items is
// stored anew, over what is there.
//
// Invariant: a user that was there keeps its points.
package keys

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Users is the program's DynamoDB.
type Users struct{ DB *dynamodb.Client }

type item = map[string]types.AttributeValue

func key(id string) item { return item{"id": &types.AttributeValueMemberS{Value: id}} }

func name(it item) string {
	if s, ok := it["id"].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func request(ids []string) map[string]types.KeysAndAttributes {
	var all []item
	for _, id := range ids {
		all = append(all, key(id))
	}
	return map[string]types.KeysAndAttributes{"users": {Keys: all}}
}

// create stores a user with no points.
func (u *Users) create(ctx context.Context, id string) error {
	it := key(id)
	it["points"] = &types.AttributeValueMemberN{Value: "0"}
	_, err := u.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("users"), Item: it})
	return err
}

// Complete creates those of some users who are not there.
func (u *Users) Complete(ctx context.Context, ids []string) error {
	out, err := u.DB.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: request(ids)}) // want unprocessed
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, it := range out.Responses["users"] {
		there[name(it)] = true
	}
	for _, id := range ids {
		if there[id] {
			continue
		}
		if err := u.create(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// load finds users by their ids.
func (u *Users) load(ctx context.Context, ids []string) (map[string]item, error) {
	out, err := u.DB.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: request(ids)})
	if err != nil {
		return nil, err
	}
	found := map[string]item{}
	for _, it := range out.Responses["users"] {
		found[name(it)] = it
	}
	return found, nil
}

// Ensure creates those whom a helper has not found.
func (u *Users) Ensure(ctx context.Context, ids []string) error {
	found, err := u.load(ctx, ids) // want unprocessed
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, ok := found[id]; ok {
			continue
		}
		if err := u.create(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// EnsureSafe creates under the condition that there is none.
func (u *Users) EnsureSafe(ctx context.Context, ids []string) error {
	for _, id := range ids {
		it := key(id)
		it["points"] = &types.AttributeValueMemberN{Value: "0"}
		_, err := u.DB.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: aws.String("users"), Item: it, ConditionExpression: aws.String("attribute_not_exists(id)"),
		})
		var there *types.ConditionalCheckFailedException
		if err != nil && !errors.As(err, &there) {
			return err
		}
	}
	return nil
}

// CompleteSafe asks again until every key was looked at.
func (u *Users) CompleteSafe(ctx context.Context, ids []string) error {
	there := map[string]bool{}
	for left := request(ids); len(left) > 0; {
		out, err := u.DB.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: left})
		if err != nil {
			return err
		}
		for _, it := range out.Responses["users"] {
			there[name(it)] = true
		}
		left = out.UnprocessedKeys
	}
	for _, id := range ids {
		if there[id] {
			continue
		}
		if err := u.create(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// CountSafe only shows how many there are: nothing is written for the others.
func (u *Users) CountSafe(ctx context.Context, ids []string) (int, error) {
	found, err := u.load(ctx, ids)
	return len(found), err
}
