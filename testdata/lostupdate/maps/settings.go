// Package maps changes a map that was read, never a struct, and writes through
// a helper that takes the fields as map[string]any.
//
// Two settings pages save at once: each sends back the whole preferences map
// it read, and one page's change is gone.
//
// Invariant: a preference that Set stored is there until it is set again.
package maps

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Users stores users and their preferences.
type Users struct {
	Client *dynamodb.Client
	Table  string
}

type item = map[string]types.AttributeValue

func userKey(id string) item {
	return item{"id": &types.AttributeValueMemberS{Value: "USER#" + id}}
}

func (u *Users) prefs(ctx context.Context, id string) (map[string]string, error) {
	out, err := u.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &u.Table, Key: userKey(id)})
	if err != nil {
		return nil, err
	}
	prefs := map[string]string{}
	return prefs, attributevalue.Unmarshal(out.Item["prefs"], &prefs)
}

// UpdateFields sets the fields of a user.
func (u *Users) UpdateFields(ctx context.Context, id string, fields map[string]any) error {
	names, values := map[string]string{}, item{}
	var sets []string
	for _, f := range slices.Sorted(maps.Keys(fields)) {
		av, err := attributevalue.Marshal(fields[f])
		if err != nil {
			return err
		}
		names["#"+f], values[":"+f] = f, av
		sets = append(sets, "#"+f+" = :"+f)
	}
	_, err := u.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &u.Table,
		Key:                       userKey(id),
		UpdateExpression:          aws.String("SET " + strings.Join(sets, ", ")),
		ExpressionAttributeNames:  names,
		ExpressionAttributeValues: values,
	})
	return err
}

// Set stores one preference.
func (u *Users) Set(ctx context.Context, id, name, value string) error {
	prefs, err := u.prefs(ctx, id)
	if err != nil {
		return err
	}
	prefs[name] = value
	return u.UpdateFields(ctx, id, map[string]any{"prefs": prefs}) // want lostupdate
}

// SetSafe stores one preference under its own path, if there are preferences.
func (u *Users) SetSafe(ctx context.Context, id, name, value string) error {
	prefs, err := u.prefs(ctx, id)
	if err != nil {
		return err
	}
	if len(prefs) == 0 {
		return u.first(ctx, id, name, value)
	}
	_, err = u.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &u.Table,
		Key:                       userKey(id),
		UpdateExpression:          aws.String("SET prefs.#p = :v"),
		ConditionExpression:       aws.String("attribute_exists(prefs)"),
		ExpressionAttributeNames:  map[string]string{"#p": name},
		ExpressionAttributeValues: item{":v": &types.AttributeValueMemberS{Value: value}},
	})
	return err
}

func (u *Users) first(ctx context.Context, id, name, value string) error {
	one := item{name: &types.AttributeValueMemberS{Value: value}}
	_, err := u.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &u.Table,
		Key:                       userKey(id),
		UpdateExpression:          aws.String("SET prefs = :one"),
		ConditionExpression:       aws.String("attribute_not_exists(prefs)"),
		ExpressionAttributeValues: item{":one": &types.AttributeValueMemberM{Value: one}},
	})
	return err
}
