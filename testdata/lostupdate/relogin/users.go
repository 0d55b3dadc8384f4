// Package relogin stores a user anew at each login, with a new token, over what is there.
//
// A token is refreshed while the level is set: the put brings back the token that was read. A version, which the login does not know,
// would have it refused for ever.
//
// Invariant: who logs in is logged in.
package relogin

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// User is somebody, by the number that another service has for him.
type User struct {
	PK    string `dynamodbav:"PK"`
	Name  string `dynamodbav:"name"`
	Token string `dynamodbav:"token"`
	Level int    `dynamodbav:"level"`
}

// Users stores users.
type Users struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: "USER#" + id}}
}

// Get reads a user.
func (u *Users) Get(ctx context.Context, id string) (*User, error) {
	out, err := u.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(u.Table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	var user User
	err = attributevalue.UnmarshalMap(out.Item, &user)
	return &user, err
}

// Put stores a user.
func (u *Users) Put(ctx context.Context, user *User) error {
	item, err := attributevalue.MarshalMap(user)
	if err != nil {
		return err
	}
	_, err = u.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(u.Table), Item: item})
	return err
}

// Rate sets the level of a user.
func (u *Users) Rate(ctx context.Context, id string, level int) error {
	user, err := u.Get(ctx, id)
	if err != nil {
		return err
	}
	user.Level = level
	return u.Put(ctx, user) // want lostupdate
}

// RateSafe sets the level, and leaves the rest.
func (u *Users) RateSafe(ctx context.Context, id string, level int) error {
	_, err := u.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(u.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET #level = :level"),
		ExpressionAttributeNames:  map[string]string{"#level": "level"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":level": &types.AttributeValueMemberN{Value: strconv.Itoa(level)}},
	})
	return err
}

func generateToken() (string, error) {
	b := make([]byte, 16)
	_, err := rand.Read(b)
	return hex.EncodeToString(b), err
}

// Callback is called when somebody has logged in elsewhere.
func (u *Users) Callback(ctx context.Context, id, name string) error {
	token, err := generateToken()
	if err != nil {
		return err
	}
	user := &User{PK: "USER#" + id, Name: name, Token: token}
	return u.Put(ctx, user)
}
