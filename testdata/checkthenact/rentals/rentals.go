// Package rentals holds boats that are rented out after a look at them: the
// look is a switch, a function that takes an item apart by hand, or a read
// whose key a method makes.
//
// Two clients that look at the same time both see a boat that is free, a purse
// with 50 in it, or a name that nobody has: both write.
//
// Invariant: A boat is taken once, a purse does not go below zero, a name has
// one owner.
package rentals

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrRefused says that a boat, a purse or a name cannot be had.
var ErrRefused = errors.New("refused")

// State is what a boat is up to.
type State string

// The states of a boat.
const (
	Free     State = "FREE"
	Returned State = "RETURNED"
	Out      State = "OUT"
)

// Boat is one boat.
type Boat struct {
	ID    string `dynamodbav:"id"`
	State State  `dynamodbav:"state"`
}

// Purse is what a customer can pay with.
type Purse struct {
	Owner string
	Cents int64
}

// Name is a boat's name.
type Name struct {
	Name string `dynamodbav:"name"`
	Boat string `dynamodbav:"boat"`
}

// Key is the name's key.
func (n *Name) Key() (map[string]types.AttributeValue, error) {
	name, err := attributevalue.Marshal(n.Name)
	key := make(map[string]types.AttributeValue)
	key["name"] = name
	return key, err
}

// Harbour rents out boats.
type Harbour struct {
	DB                          *dynamodb.Client
	Boats, Purses, Names, Trips string
}

func id(attr, value string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{attr: &types.AttributeValueMemberS{Value: value}}
}

func (h *Harbour) boat(ctx context.Context, boat string) (b Boat, err error) {
	out, err := h.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(h.Boats), Key: id("id", boat)})
	if err != nil {
		return b, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &b)
	return b, err
}

// Take rents a boat out.
func (h *Harbour) Take(ctx context.Context, boat string) error {
	b, err := h.boat(ctx, boat)
	if err != nil {
		return err
	}
	switch b.State {
	case Free, Returned:
	default:
		return ErrRefused
	}
	_, err = h.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName:                 aws.String(h.Boats),
		Key:                       id("id", boat),
		UpdateExpression:          aws.String("SET #s = :out"),
		ExpressionAttributeNames:  map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":out": &types.AttributeValueMemberS{Value: string(Out)}},
	})
	return err
}

// TakeSafe rents out a boat that can be had when the write arrives.
func (h *Harbour) TakeSafe(ctx context.Context, boat string) error {
	_, err := h.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(h.Boats),
		Key:                      id("id", boat),
		UpdateExpression:         aws.String("SET #s = :out"),
		ConditionExpression:      aws.String("#s IN (:free, :returned)"),
		ExpressionAttributeNames: map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":out":      &types.AttributeValueMemberS{Value: string(Out)},
			":free":     &types.AttributeValueMemberS{Value: string(Free)},
			":returned": &types.AttributeValueMemberS{Value: string(Returned)},
		},
	})
	return err
}

func (h *Harbour) purse(ctx context.Context, owner string) (*Purse, error) {
	out, err := h.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(h.Purses), Key: id("owner", owner)})
	if err != nil {
		return nil, err
	}
	n, ok := out.Item["cents"].(*types.AttributeValueMemberN)
	if !ok {
		return nil, ErrRefused
	}
	cents, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil {
		return nil, err
	}
	return &Purse{Owner: owner, Cents: cents}, nil
}

func (h *Harbour) payment(owner, cents string, condition *string) []types.TransactWriteItem {
	return []types.TransactWriteItem{{
		Update: &types.Update{
			TableName:                 aws.String(h.Purses),
			Key:                       id("owner", owner),
			UpdateExpression:          aws.String("SET cents = cents - :price"),
			ConditionExpression:       condition,
			ExpressionAttributeValues: map[string]types.AttributeValue{":price": &types.AttributeValueMemberN{Value: cents}},
		},
	}}
}

func (h *Harbour) trip(owner, boat string) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: aws.String(h.Trips),
		Item: map[string]types.AttributeValue{
			"owner": &types.AttributeValueMemberS{Value: owner},
			"boat":  &types.AttributeValueMemberS{Value: boat},
		},
	}}
}

// Pay takes the price of a trip from a purse.
func (h *Harbour) Pay(ctx context.Context, owner, boat string, price int64) error {
	p, err := h.purse(ctx, owner)
	if err != nil {
		return err
	}
	if p.Cents < price {
		return ErrRefused
	}
	cents := strconv.FormatInt(price, 10)
	actions := []types.TransactWriteItem{{
		Update: &types.Update{
			TableName:                 aws.String(h.Purses),
			Key:                       id("owner", owner),
			UpdateExpression:          aws.String("SET cents = cents - :price"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":price": &types.AttributeValueMemberN{Value: cents}},
		},
	}}
	if boat != "" {
		actions = append(actions, h.trip(owner, boat))
	}
	_, err = h.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: actions}) // want checkthenact
	return err
}

// PaySafe takes the price from a purse that can pay it when the write arrives.
func (h *Harbour) PaySafe(ctx context.Context, owner, boat string, price int64) error {
	actions := h.payment(owner, strconv.FormatInt(price, 10), aws.String("cents >= :price"))
	if boat != "" {
		actions = append(actions, h.trip(owner, boat))
	}
	_, err := h.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: actions})
	return err
}

func (h *Harbour) known(ctx context.Context, name string) (bool, error) {
	n := Name{Name: name}
	key, err := n.Key()
	if err != nil {
		return false, err
	}
	out, err := h.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(h.Names), Key: key})
	if err != nil {
		return false, err
	}
	return len(out.Item) != 0, nil
}

// Christen gives a boat a name that no boat has.
func (h *Harbour) Christen(ctx context.Context, boat, name string) error {
	known, err := h.known(ctx, name)
	if err != nil {
		return err
	}
	if known {
		return ErrRefused
	}
	item, err := attributevalue.MarshalMap(Name{Name: name, Boat: boat})
	if err != nil {
		return err
	}
	_, err = h.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(h.Names), Item: item}) // want checkthenact
	return err
}

// ChristenSafe gives a boat a name that no boat has when the write arrives.
func (h *Harbour) ChristenSafe(ctx context.Context, boat, name string) error {
	item, err := attributevalue.MarshalMap(Name{Name: name, Boat: boat})
	if err != nil {
		return err
	}
	_, err = h.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                aws.String(h.Names),
		Item:                     item,
		ConditionExpression:      aws.String("attribute_not_exists(#n)"),
		ExpressionAttributeNames: map[string]string{"#n": "name"},
	})
	return err
}
