// Package parentinsert is silent because the child is read only to answer 404
// and 403: each feeding is a new item under a fresh id, and nobody else's
// feeding can be lost or doubled by it.
package parentinsert

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

var (
	errNotFound  = errors.New("no such child")
	errForbidden = errors.New("not your child")
)

type child struct {
	PK     string
	SK     string
	Family string
	Name   string
}

// Feeding is one feeding of a child.
type Feeding struct {
	PK, SK string
	ML     int
	At     time.Time
}

// Diary stores what happened to children.
type Diary struct {
	db    *dynamodb.Client
	table string
}

// NewDiary returns the diary in a table.
func NewDiary(db *dynamodb.Client, table string) *Diary { return &Diary{db, table} }

func (d *Diary) child(ctx context.Context, id string) (child, error) {
	var c child
	out, err := d.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(d.table),
		Key: map[string]types.AttributeValue{
			"PK": &types.AttributeValueMemberS{Value: "CHILD#" + id},
			"SK": &types.AttributeValueMemberS{Value: "META"},
		},
	})
	switch {
	case err != nil:
		return c, err
	case len(out.Item) == 0:
		return c, errNotFound
	}
	return c, attributevalue.UnmarshalMap(out.Item, &c)
}

// Feed writes down a feeding.
func (d *Diary) Feed(ctx context.Context, family, id string, ml int) (Feeding, error) {
	c, err := d.child(ctx, id)
	if err != nil {
		return Feeding{}, err
	}
	if c.Family != family {
		return Feeding{}, errForbidden
	}
	f := Feeding{PK: c.PK, SK: "FEEDING#" + uuid.NewString(), ML: ml, At: time.Now()}
	item, err := attributevalue.MarshalMap(f)
	if err != nil {
		return Feeding{}, err
	}
	_, err = d.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(d.table), Item: item})
	return f, err
}
