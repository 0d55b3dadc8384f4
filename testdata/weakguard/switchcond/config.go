// Package switchcond puts its condition together in a switch with a case too
// few: what is neither new nor strict is written without asking.
//
// Two administrators change one route, lax as the default is: each writes the
// hops it read plus its own.
//
// Invariant: every hop that was accepted is in the route.
package switchcond

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Mode says how careful a write is.
type Mode int

// The modes of a write.
const (
	Lax Mode = iota
	Strict
	New
)

// Route is one route.
type Route struct {
	Name string   `dynamodbav:"route"`
	Hops []string `dynamodbav:"hops"`
	Rev  int      `dynamodbav:"rev"`
}

// Routes stores routes.
type Routes struct {
	DB    *dynamodb.Client
	Table string
}

func (r *Routes) load(ctx context.Context, name string) (Route, error) {
	route := Route{Name: name}
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(r.Table),
		Key:       map[string]types.AttributeValue{"route": &types.AttributeValueMemberS{Value: name}},
	})
	if err != nil {
		return route, err
	}
	return route, attributevalue.UnmarshalMap(out.Item, &route)
}

func (r *Routes) put(ctx context.Context, route Route, rev int, cond string) error {
	item, err := attributevalue.MarshalMap(route)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{TableName: aws.String(r.Table), Item: item}
	if cond != "" {
		in.ConditionExpression = aws.String(cond)
	}
	if rev > 0 {
		in.ExpressionAttributeValues = map[string]types.AttributeValue{
			":rev": &types.AttributeValueMemberN{Value: strconv.Itoa(rev)},
		}
	}
	_, err = r.DB.PutItem(ctx, in)
	return err
}

// AddHop adds a hop to a route.
func (r *Routes) AddHop(ctx context.Context, name, hop string, mode Mode) error {
	route, err := r.load(ctx, name)
	if err != nil {
		return err
	}
	rev, cond := 0, ""
	switch mode {
	case New:
		cond = "attribute_not_exists(route)"
	case Strict:
		rev, cond = route.Rev, "rev = :rev"
	}
	route.Hops = append(route.Hops, hop)
	route.Rev++
	return r.put(ctx, route, rev, cond) // want weakguard
}

// AddHopSafe adds a hop; whether the route is new decides how it is pinned.
func (r *Routes) AddHopSafe(ctx context.Context, name, hop string) error {
	route, err := r.load(ctx, name)
	if err != nil {
		return err
	}
	rev, cond := route.Rev, ""
	switch {
	case rev == 0:
		cond = "attribute_not_exists(route)"
	default:
		cond = "rev = :rev"
	}
	route.Hops = append(route.Hops, hop)
	route.Rev++
	return r.put(ctx, route, rev, cond)
}
