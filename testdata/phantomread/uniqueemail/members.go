// Package uniqueemail looks an address up in an index before it stores a new
// member under a fresh id.
//
// A double click registers one address twice: the index shows neither member
// yet, both ids are new, and the address has two accounts. That the second
// function demands attribute_not_exists of its fresh id changes nothing.
//
// Invariant: an address belongs to one member at most.
package uniqueemail

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// The answers of a look-up.
var (
	ErrNotFound = errors.New("no member has this address")
	ErrTaken    = errors.New("a member has this address")
)

// Member is one member of a club.
type Member struct {
	PK    string `dynamodbav:"PK"`
	Email string `dynamodbav:"Email,omitempty"`
	Name  string `dynamodbav:"Name,omitempty"`
}

// Club stores members.
type Club struct {
	DB    *dynamodb.Client
	Table string
}

// ByEmail finds a member by the index on addresses.
func (c *Club) ByEmail(ctx context.Context, email string) (*Member, error) {
	res, err := c.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(c.Table),
		IndexName:                 aws.String("byEmail"),
		KeyConditionExpression:    aws.String("Email = :email"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":email": &types.AttributeValueMemberS{Value: email}},
		Limit:                     aws.Int32(1),
	})
	if err != nil {
		return nil, err
	}
	if len(res.Items) == 0 {
		return nil, ErrNotFound
	}
	m := &Member{}
	return m, attributevalue.UnmarshalMap(res.Items[0], m)
}

func (c *Club) put(m Member, cond *string) (*dynamodb.PutItemInput, error) {
	item, err := attributevalue.MarshalMap(m)
	return &dynamodb.PutItemInput{TableName: aws.String(c.Table), Item: item, ConditionExpression: cond}, err
}

// Join makes a member of a new address.
func (c *Club) Join(ctx context.Context, name, email string) (Member, error) {
	m := Member{PK: "MEMBER#" + uuid.NewString(), Email: email, Name: name}
	if _, err := c.ByEmail(ctx, email); err == nil {
		return Member{}, ErrTaken
	} else if !errors.Is(err, ErrNotFound) {
		return Member{}, err
	}
	in, err := c.put(m, nil)
	if err != nil {
		return Member{}, err
	}
	_, err = c.DB.PutItem(ctx, in) // want phantomread
	return m, err
}

// FindOrJoin returns the member of an address and makes one if there is none.
func (c *Club) FindOrJoin(ctx context.Context, name, email string) (*Member, error) {
	m, err := c.ByEmail(ctx, email)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return m, err
	}
	m = &Member{PK: "MEMBER#" + uuid.NewString(), Email: email, Name: name}
	in, err := c.put(*m, aws.String("attribute_not_exists(PK)"))
	if err != nil {
		return nil, err
	}
	_, err = c.DB.PutItem(ctx, in) // want phantomread
	return m, err
}

// JoinSafe makes a member whose key is made of the address.
func (c *Club) JoinSafe(ctx context.Context, name, email string) (Member, error) {
	if _, err := c.ByEmail(ctx, email); err == nil {
		return Member{}, ErrTaken
	} else if !errors.Is(err, ErrNotFound) {
		return Member{}, err
	}
	m := Member{PK: "MEMBER#" + email, Email: email, Name: name}
	in, err := c.put(m, aws.String("attribute_not_exists(PK)"))
	if err != nil {
		return Member{}, err
	}
	_, err = c.DB.PutItem(ctx, in)
	var taken *types.ConditionalCheckFailedException
	if errors.As(err, &taken) {
		return Member{}, ErrTaken
	}
	return m, err
}
