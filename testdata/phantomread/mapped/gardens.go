// Package mapped decides on lists of models that a mapper has made of the stored records, field by field: it counts the
// tenancies of a garden, and searches the gardeners of a street for one of a name.
//
// Two gardeners rent at once: both lists are one short of the number of plots, and both tenancies are put. A gardener who
// is enlisted twice at once is in neither list, and is put twice under ids of their own.
//
// Invariant: a garden has no more tenancies than plots, and no two gardeners of a street have one name.
package mapped

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// ErrFull says that a garden has no plot left.
var ErrFull = errors.New("no plot is left")

// Tenancy says who tends a plot of a garden.
type Tenancy struct{ Garden, Gardener, Crop string }

// Gardener is somebody who may rent a plot.
type Gardener struct{ ID, Street, Name string }

type tenancyRecord struct {
	Garden   string `dynamodbav:"garden"`
	Gardener string `dynamodbav:"gardener"`
	Crop     string `dynamodbav:"crop"`
}

type gardenerRecord struct {
	ID     string `dynamodbav:"id"`
	Street string `dynamodbav:"street"`
	Name   string `dynamodbav:"name"`
}

func toTenancy(r tenancyRecord) Tenancy {
	return Tenancy{Garden: r.Garden, Gardener: r.Gardener, Crop: r.Crop}
}

func toGardener(r gardenerRecord) Gardener {
	return Gardener{ID: r.ID, Street: r.Street, Name: r.Name}
}

// Gardens stores tenancies and gardeners. In Plots is an item of each garden that counts its tenancies, in Names one of
// each gardener's street and name.
type Gardens struct {
	DB                                 *dynamodb.Client
	Tenancies, Gardeners, Plots, Names string
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func n(v int) types.AttributeValue { return &types.AttributeValueMemberN{Value: strconv.Itoa(v)} }

func (g *Gardens) tenancies(ctx context.Context, garden string) ([]Tenancy, error) {
	out, err := g.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(g.Tenancies),
		KeyConditionExpression:    aws.String("garden = :g"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":g": s(garden)},
		ConsistentRead:            aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	list := make([]Tenancy, 0, len(out.Items))
	for _, item := range out.Items {
		var r tenancyRecord
		if err := attributevalue.UnmarshalMap(item, &r); err != nil {
			return nil, err
		}
		list = append(list, toTenancy(r))
	}
	return list, nil
}

func (g *Gardens) ofStreet(ctx context.Context, street string) ([]Gardener, error) {
	out, err := g.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(g.Gardeners),
		IndexName:                 aws.String("byStreet"),
		KeyConditionExpression:    aws.String("street = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": s(street)},
	})
	if err != nil {
		return nil, err
	}
	var list []Gardener
	for _, item := range out.Items {
		var r gardenerRecord
		if err := attributevalue.UnmarshalMap(item, &r); err != nil {
			return nil, err
		}
		list = append(list, toGardener(r))
	}
	return list, nil
}

func (g *Gardens) newTenancy(t Tenancy) (*types.Put, error) {
	item, err := attributevalue.MarshalMap(tenancyRecord{Garden: t.Garden, Gardener: t.Gardener, Crop: t.Crop})
	return &types.Put{
		TableName:           aws.String(g.Tenancies),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(gardener)"),
	}, err
}

func (g *Gardens) newGardener(who Gardener) (*types.Put, error) {
	item, err := attributevalue.MarshalMap(gardenerRecord{ID: who.ID, Street: who.Street, Name: who.Name})
	return &types.Put{TableName: aws.String(g.Gardeners), Item: item}, err
}

// put stores one new item, under its condition.
func (g *Gardens) put(ctx context.Context, p *types.Put) error {
	_, err := g.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: p.TableName, Item: p.Item, ConditionExpression: p.ConditionExpression})
	return err
}

// Rent gives a gardener one of the plots of a garden. That the gardener has none yet is checked, the number of plots is
// not.
func (g *Gardens) Rent(ctx context.Context, t Tenancy, plots int) error {
	list, err := g.tenancies(ctx, t.Garden)
	if err != nil {
		return err
	}
	if len(list) >= plots {
		return ErrFull
	}
	p, err := g.newTenancy(t)
	if err != nil {
		return err
	}
	return g.put(ctx, p) // want phantomread
}

// RentSafe counts the tenancy in the same transaction, up to the number of plots.
func (g *Gardens) RentSafe(ctx context.Context, t Tenancy, plots int) error {
	list, err := g.tenancies(ctx, t.Garden)
	if err != nil {
		return err
	}
	if len(list) >= plots {
		return ErrFull
	}
	p, err := g.newTenancy(t)
	if err != nil {
		return err
	}
	_, err = g.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: p},
		{Update: &types.Update{
			TableName:                 aws.String(g.Plots),
			Key:                       map[string]types.AttributeValue{"garden": s(t.Garden)},
			UpdateExpression:          aws.String("ADD rented :one"),
			ConditionExpression:       aws.String("rented < :plots"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":one": n(1), ":plots": n(plots)},
		}},
	}})
	return err
}

// Enlist finds a gardener by street and name, and puts a new one if there is none.
func (g *Gardens) Enlist(ctx context.Context, street, name string) (*Gardener, error) {
	list, err := g.ofStreet(ctx, street)
	if err != nil {
		return nil, err
	}
	var found *Gardener
	for i := range list {
		if list[i].Name == name {
			found = &list[i]
			break
		}
	}
	if found == nil {
		found = &Gardener{ID: uuid.NewString(), Street: street, Name: name}
		p, err := g.newGardener(*found)
		if err != nil {
			return nil, err
		}
		if err := g.put(ctx, p); err != nil { // want phantomread
			return nil, err
		}
	}
	return found, nil
}

// EnlistSafe puts, with a new gardener, an item of the street and the name, which only one can put.
func (g *Gardens) EnlistSafe(ctx context.Context, street, name string) (*Gardener, error) {
	list, err := g.ofStreet(ctx, street)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Name == name {
			return &list[i], nil
		}
	}
	found := &Gardener{ID: uuid.NewString(), Street: street, Name: name}
	p, err := g.newGardener(*found)
	if err != nil {
		return nil, err
	}
	_, err = g.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: p},
		{Put: &types.Put{
			TableName:                aws.String(g.Names),
			Item:                     map[string]types.AttributeValue{"name": s(street + "#" + name), "gardener": s(found.ID)},
			ConditionExpression:      aws.String("attribute_not_exists(#n)"),
			ExpressionAttributeNames: map[string]string{"#n": "name"},
		}},
	}})
	return found, err
}
