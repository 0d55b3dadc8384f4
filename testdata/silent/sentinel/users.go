// Package sentinel is silent because the address has an item of its own, put
// in the user's transaction on condition that it does not exist: the query
// before it is only for a friendlier message.
package sentinel

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// ErrTaken says that the address belongs to another user.
var ErrTaken = errors.New("e-mail address is taken")

// User is one user.
type User struct {
	PK    string `dynamodbav:"PK"`
	Email string `dynamodbav:"email"`
	Name  string `dynamodbav:"name"`
}

// Users stores users and, beside them, who has which address.
type Users struct {
	db    *dynamodb.Client
	table string
}

// NewUsers returns the users of a table.
func NewUsers(db *dynamodb.Client, table string) *Users { return &Users{db, table} }

func (u *Users) byEmail(ctx context.Context, email string) (*User, error) {
	out, err := u.db.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(u.table),
		IndexName:                 aws.String("email-index"),
		KeyConditionExpression:    aws.String("email = :e"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":e": &types.AttributeValueMemberS{Value: email}},
	})
	if err != nil || len(out.Items) == 0 {
		return nil, err
	}
	var found User
	err = attributevalue.UnmarshalMap(out.Items[0], &found)
	return &found, err
}

func (u *Users) newOnly(item map[string]types.AttributeValue) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName:           aws.String(u.table),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(PK)"),
	}}
}

// Register makes a new user.
func (u *Users) Register(ctx context.Context, name, email string) (*User, error) {
	email = strings.ToLower(email)
	if other, err := u.byEmail(ctx, email); err != nil {
		return nil, err
	} else if other != nil {
		return nil, ErrTaken
	}
	user := &User{PK: "USER#" + uuid.NewString(), Email: email, Name: name}
	item, err := attributevalue.MarshalMap(user)
	if err != nil {
		return nil, err
	}
	address := map[string]types.AttributeValue{
		"PK":   &types.AttributeValueMemberS{Value: "EMAIL#" + email},
		"user": &types.AttributeValueMemberS{Value: user.PK},
	}
	_, err = u.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{u.newOnly(item), u.newOnly(address)},
	})
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) && refused(cancelled) {
		return nil, ErrTaken
	}
	return user, err
}

// refused tells a condition that does not hold from a conflict with another transaction, after which one tries again.
func refused(cancelled *types.TransactionCanceledException) bool {
	return slices.ContainsFunc(cancelled.CancellationReasons, func(r types.CancellationReason) bool {
		return aws.ToString(r.Code) == "ConditionalCheckFailed"
	})
}
