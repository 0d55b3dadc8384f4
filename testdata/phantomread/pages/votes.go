// Package pages counts over all pages of a query before it accepts a motion,
// or takes one more supporter.
//
// A supporter withdraws while the motion is being counted: the count is of a
// moment that is over, though acceptance adds nothing to what is counted. Two
// supporters come at once: each adds to what the other one has counted.
//
// Invariant: an accepted motion has at least as many supporters as its quorum,
// and no motion has more than the list has lines.
package pages

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var (
	// ErrQuorum says that a motion has too few supporters.
	ErrQuorum = errors.New("too few supporters")
	// ErrFull says that a motion's list has no line left.
	ErrFull = errors.New("list is full")
)

// Motions stores motions and, in the same partition, their supporters.
type Motions struct {
	DB     *dynamodb.Client
	Table  string
	Quorum int
	Lines  int
}

func (m *Motions) key(motion string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"motion": &types.AttributeValueMemberS{Value: motion},
		"sk":     &types.AttributeValueMemberS{Value: "MOTION"},
	}
}

func (m *Motions) supporters(ctx context.Context, motion string) (n int, err error) {
	pages := dynamodb.NewQueryPaginator(m.DB, &dynamodb.QueryInput{
		TableName:              aws.String(m.Table),
		KeyConditionExpression: aws.String("motion = :m AND begins_with(sk, :s)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":m": &types.AttributeValueMemberS{Value: motion},
			":s": &types.AttributeValueMemberS{Value: "SUPPORTER#"},
		},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, err
		}
		for _, item := range page.Items {
			if _, gone := item["withdrawn"]; !gone {
				n++
			}
		}
	}
	return n, nil
}

// Accept marks a motion as accepted if enough people support it.
func (m *Motions) Accept(ctx context.Context, motion string) error {
	n, err := m.supporters(ctx, motion)
	if err != nil {
		return err
	}
	if n < m.Quorum {
		return ErrQuorum
	}
	_, err = m.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want writeskew
		TableName:                 aws.String(m.Table),
		Key:                       m.key(motion),
		UpdateExpression:          aws.String("SET accepted = :yes"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":yes": &types.AttributeValueMemberBOOL{Value: true}},
	})
	return err
}

// AcceptSafe marks a motion as accepted whose own counter, which Support and
// Withdraw keep in their transactions, has reached the quorum.
func (m *Motions) AcceptSafe(ctx context.Context, motion string) error {
	_, err := m.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(m.Table),
		Key:                 m.key(motion),
		UpdateExpression:    aws.String("SET accepted = :yes"),
		ConditionExpression: aws.String("supporters >= needed"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":yes": &types.AttributeValueMemberBOOL{Value: true},
		},
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return ErrQuorum
	}
	return err
}

func (m *Motions) row(motion, supporter string) map[string]types.AttributeValue {
	row := m.key(motion)
	row["sk"] = &types.AttributeValueMemberS{Value: "SUPPORTER#" + supporter}
	return row
}

// Sign adds a supporter while the list has a line left.
func (m *Motions) Sign(ctx context.Context, motion, supporter string) error {
	n, err := m.supporters(ctx, motion)
	if err != nil {
		return err
	}
	if n >= m.Lines {
		return ErrFull
	}
	_, err = m.DB.PutItem(ctx, &dynamodb.PutItemInput{ // want phantomread
		TableName: aws.String(m.Table),
		Item:      m.row(motion, supporter),
	})
	return err
}

// SignSafe adds a supporter and counts the line in one transaction.
func (m *Motions) SignSafe(ctx context.Context, motion, supporter string) error {
	_, err := m.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Update: &types.Update{
				TableName:           aws.String(m.Table),
				Key:                 m.key(motion),
				UpdateExpression:    aws.String("ADD supporters :one"),
				ConditionExpression: aws.String("supporters < :lines"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":one":   &types.AttributeValueMemberN{Value: "1"},
					":lines": &types.AttributeValueMemberN{Value: strconv.Itoa(m.Lines)},
				},
			}},
			{Put: &types.Put{
				TableName:           aws.String(m.Table),
				Item:                m.row(motion, supporter),
				ConditionExpression: aws.String("attribute_not_exists(sk)"),
			}},
		},
	})
	return err
}

// Withdraw takes a supporter back, until the motion is accepted.
func (m *Motions) Withdraw(ctx context.Context, motion, supporter string) error {
	_, err := m.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Update: &types.Update{
				TableName:           aws.String(m.Table),
				Key:                 m.key(motion),
				UpdateExpression:    aws.String("ADD supporters :less"),
				ConditionExpression: aws.String("attribute_not_exists(accepted)"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":less": &types.AttributeValueMemberN{Value: "-1"},
				},
			}},
			{Update: &types.Update{
				TableName:           aws.String(m.Table),
				Key:                 m.row(motion, supporter),
				UpdateExpression:    aws.String("SET withdrawn = :yes"),
				ConditionExpression: aws.String("attribute_exists(sk) AND attribute_not_exists(withdrawn)"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":yes": &types.AttributeValueMemberBOOL{Value: true},
				},
			}},
		},
	})
	return err
}
