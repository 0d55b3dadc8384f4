// Package lease is silent because the lease is taken under a condition that
// says it all, free or expired or mine; the look before only saves a request.
package lease

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrHeld says that somebody else holds the lease.
var ErrHeld = errors.New("lease is held by another worker")

type row struct {
	Shard   string `dynamodbav:"part"`
	Holder  string `dynamodbav:"holder"`
	Expires int64  `dynamodbav:"expires"`
}

// Leases hands out shards to workers.
type Leases struct {
	DB     *dynamodb.Client
	Table  string
	Worker string
	Term   time.Duration
}

func (l *Leases) row(ctx context.Context, shard string) (r row, err error) {
	out, err := l.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(l.Table),
		Key:       map[string]types.AttributeValue{"part": &types.AttributeValueMemberS{Value: shard}},
	})
	if err != nil {
		return r, fmt.Errorf("read lease of %s: %w", shard, err)
	}
	err = attributevalue.UnmarshalMap(out.Item, &r)
	return r, err
}

// Take takes the lease of a shard.
func (l *Leases) Take(ctx context.Context, shard string) error {
	now := time.Now()
	held, err := l.row(ctx, shard)
	if err != nil {
		return err
	}
	if held.Holder != "" && held.Holder != l.Worker && held.Expires > now.Unix() {
		return ErrHeld
	}
	item, err := attributevalue.MarshalMap(row{Shard: shard, Holder: l.Worker, Expires: now.Add(l.Term).Unix()})
	if err != nil {
		return err
	}
	free := "attribute_not_exists(part)"
	free += " OR expires < :now OR holder = :me"
	_, err = l.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(l.Table),
		Item:                item,
		ConditionExpression: aws.String(free),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":now": &types.AttributeValueMemberN{Value: strconv.FormatInt(now.Unix(), 10)},
			":me":  &types.AttributeValueMemberS{Value: l.Worker},
		},
	})
	var lost *types.ConditionalCheckFailedException
	if errors.As(err, &lost) {
		return ErrHeld
	}
	return err
}

// Release gives the lease back if it is still ours.
func (l *Leases) Release(ctx context.Context, shard string) error {
	_, err := l.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName:           aws.String(l.Table),
		Key:                 map[string]types.AttributeValue{"part": &types.AttributeValueMemberS{Value: shard}},
		ConditionExpression: aws.String("holder = :me"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":me": &types.AttributeValueMemberS{Value: l.Worker},
		},
	})
	return err
}
