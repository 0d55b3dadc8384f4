// Package lazydefault stores the default settings when somebody first asks for
// them: a read that writes.
//
// A user saves settings while a dashboard loads them for the first time: the
// dashboard found nothing and stores the defaults over them.
//
// Invariant: settings that Save stored are what Get returns.
package lazydefault

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Settings are the notification settings of a user.
type Settings struct {
	User   string `dynamodbav:"userId"`
	Mail   bool   `dynamodbav:"mail"`
	Push   bool   `dynamodbav:"push"`
	Digest string `dynamodbav:"digest"`
}

// Store stores settings.
type Store struct {
	DB    *dynamodb.Client
	Table string
}

func defaults(user string) Settings { return Settings{User: user, Mail: true, Digest: "weekly"} }

func (s *Store) find(ctx context.Context, user string) (found Settings, ok bool, err error) {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(s.Table),
		Key:       map[string]types.AttributeValue{"userId": &types.AttributeValueMemberS{Value: user}},
	})
	if err != nil || len(out.Item) == 0 {
		return found, false, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &found)
	return found, true, err
}

func (s *Store) put(ctx context.Context, v Settings, cond *string) error {
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.Table), Item: item, ConditionExpression: cond})
	return err
}

// Save stores the settings that a user chose.
func (s *Store) Save(ctx context.Context, v Settings) error { return s.put(ctx, v, nil) }

// Get returns a user's settings and stores the defaults for who has none.
func (s *Store) Get(ctx context.Context, user string) (Settings, error) {
	found, ok, err := s.find(ctx, user)
	if err != nil {
		return found, err
	}
	if !ok {
		found = defaults(user)
		if err := s.put(ctx, found, nil); err != nil { // want checkthenact
			return found, err
		}
	}
	return found, nil
}

// GetSafe stores the defaults for who still has none when they arrive.
func (s *Store) GetSafe(ctx context.Context, user string) (Settings, error) {
	found, ok, err := s.find(ctx, user)
	if err != nil {
		return found, err
	}
	if ok {
		return found, nil
	}
	found = defaults(user)
	err = s.put(ctx, found, aws.String("attribute_not_exists(userId)"))
	var there *types.ConditionalCheckFailedException
	if errors.As(err, &there) {
		found, _, err = s.find(ctx, user)
	}
	return found, err
}

// GetUnstored returns the defaults and stores nothing: silent.
func (s *Store) GetUnstored(ctx context.Context, user string) (Settings, error) {
	found, ok, err := s.find(ctx, user)
	if err == nil && !ok {
		found = defaults(user)
	}
	return found, err
}
