// Package lockrelease gives a lock back if it is ours, which it asks first.
//
// The lock of a slow worker expires, and a second worker takes it between the
// question and the delete: the slow one deletes the second one's lock, and a
// third worker works on the same file.
//
// Invariant: a lock that was taken is there until its owner releases it.
package lockrelease

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const table = "locks"

// Lock is one lock.
type Lock struct {
	Name    string `dynamodbav:"lockName"`
	Holder  string `dynamodbav:"holder"`
	Expires int64  `dynamodbav:"expires"`
}

// Locker takes and releases locks for one worker.
type Locker struct {
	DB *dynamodb.Client
	Me string
}

func key(name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"lockName": &types.AttributeValueMemberS{Value: name}}
}

// Acquire takes a lock that is free or has expired.
func (l *Locker) Acquire(ctx context.Context, name string, now time.Time, term time.Duration) error {
	item, err := attributevalue.MarshalMap(Lock{Name: name, Holder: l.Me, Expires: now.Add(term).Unix()})
	if err != nil {
		return err
	}
	_, err = l.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(table),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(lockName) OR expires < :now"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":now": &types.AttributeValueMemberN{Value: strconv.FormatInt(now.Unix(), 10)},
		},
	})
	return err
}

func (l *Locker) mine(ctx context.Context, name string) (bool, error) {
	out, err := l.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table), Key: key(name), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return false, err
	}
	var lock Lock
	err = attributevalue.UnmarshalMap(out.Item, &lock)
	return lock.Holder == l.Me, err
}

// Release gives a lock back.
func (l *Locker) Release(ctx context.Context, name string) error {
	if mine, err := l.mine(ctx, name); err != nil || !mine {
		return err
	}
	_, err := l.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(table), Key: key(name)}) // want checkthenact
	return err
}

// ReleaseSafe gives a lock back that is still ours when the delete arrives.
func (l *Locker) ReleaseSafe(ctx context.Context, name string) error {
	if mine, err := l.mine(ctx, name); err != nil || !mine {
		return err
	}
	_, err := l.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName:                 aws.String(table),
		Key:                       key(name),
		ConditionExpression:       aws.String("holder = :me"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":me": &types.AttributeValueMemberS{Value: l.Me}},
	})
	return err
}
