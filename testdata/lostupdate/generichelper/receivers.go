// Package generichelper reads and writes through generic helpers.
//
// One parent changes a child's name while the other archives the child: the
// patch was read before and is written after, the child is back on the list.
//
// Invariant: once Archive returned nil, Archived is true.
package generichelper

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrNotFound says that the item asked for does not exist.
var ErrNotFound = errors.New("not found")

// Child is one child in a family's diary.
type Child struct {
	FamilyID string `dynamodbav:"familyId"`
	ChildID  string `dynamodbav:"childId"`
	Name     string
	Born     string
	Archived bool
}

// Patch holds what a request wants changed, nil for what it does not mention.
type Patch struct {
	Name *string
	Born *string
}

type getter interface {
	GetItem(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
}

type putter interface {
	PutItem(ctx context.Context, in *dynamodb.PutItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
}

type key = map[string]types.AttributeValue

func getItem[T any](ctx context.Context, db getter, table string, k key) (T, error) {
	var v T
	out, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: k})
	if err != nil {
		return v, fmt.Errorf("get from %s: %w", table, err)
	}
	if out.Item == nil {
		return v, ErrNotFound
	}
	err = attributevalue.UnmarshalMap(out.Item, &v)
	return v, err
}

func putItem[T any](ctx context.Context, db putter, table string, v T) error {
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: item})
	return err
}

// Family stores the children of families.
type Family struct {
	DB    *dynamodb.Client
	Table string
}

func childKey(family, child string) key {
	return key{
		"familyId": &types.AttributeValueMemberS{Value: family},
		"childId":  &types.AttributeValueMemberS{Value: child},
	}
}

// Change applies a patch to a child.
func (f *Family) Change(ctx context.Context, family, child string, p Patch) (Child, error) {
	c, err := getItem[Child](ctx, f.DB, f.Table, childKey(family, child))
	if err != nil {
		return Child{}, err
	}
	if p.Name != nil {
		c.Name = *p.Name
	}
	if p.Born != nil {
		c.Born = *p.Born
	}
	return c, putItem(ctx, f.DB, f.Table, c) // want lostupdate
}

// ChangeSafe sets only what the patch names.
func (f *Family) ChangeSafe(ctx context.Context, family, child string, p Patch) error {
	if _, err := getItem[Child](ctx, f.DB, f.Table, childKey(family, child)); err != nil {
		return err
	}
	var sets []string
	names, vals := map[string]string{}, key{}
	if p.Name != nil {
		sets = append(sets, "#n = :n")
		names["#n"], vals[":n"] = "Name", &types.AttributeValueMemberS{Value: *p.Name}
	}
	if p.Born != nil {
		sets = append(sets, "Born = :b")
		vals[":b"] = &types.AttributeValueMemberS{Value: *p.Born}
	}
	if len(sets) == 0 {
		return nil
	}
	set := "SET " + strings.Join(sets, ", ")
	in := &dynamodb.UpdateItemInput{
		TableName:                 &f.Table,
		Key:                       childKey(family, child),
		UpdateExpression:          &set,
		ExpressionAttributeValues: vals,
	}
	if len(names) > 0 {
		in.ExpressionAttributeNames = names
	}
	exists := "attribute_exists(childId)"
	in.ConditionExpression = &exists
	_, err := f.DB.UpdateItem(ctx, in)
	return err
}

// Archive hides a child from the list.
func (f *Family) Archive(ctx context.Context, family, child string) error {
	set := "SET Archived = :yes"
	_, err := f.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &f.Table,
		Key:                       childKey(family, child),
		UpdateExpression:          &set,
		ExpressionAttributeValues: key{":yes": &types.AttributeValueMemberBOOL{Value: true}},
	})
	return err
}
