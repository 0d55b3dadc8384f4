// Package seedscript makes the first administrator, unless there is one: then the program ends.
//
// Two machines that are set up at the same time both find none, and make one each.
//
// Invariant: an address belongs to one administrator at most.
//
// The note that is taken of it goes into the same table, but it is no administrator, and so no phantom; that
// it is written because nobody was found is for the advisory writeskew to say.
package seedscript

import (
	"context"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// Admins are kept in one table.
type Admins struct {
	DB    *dynamodb.Client
	Table string
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

// must ends the program when something has failed.
func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func refuse(address string) { log.Fatalf("%s is taken", address) }

func (a *Admins) taken(ctx context.Context, address string) bool {
	out, err := a.DB.Scan(ctx, &dynamodb.ScanInput{
		TableName: aws.String(a.Table), FilterExpression: aws.String("begins_with(id, :admins) AND address = :a"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":admins": text("ADMIN#"), ":a": text(address)},
	})
	must(err)
	return len(out.Items) > 0
}

// Seed makes an administrator.
func (a *Admins) Seed(ctx context.Context, address string) {
	if a.taken(ctx, address) {
		refuse(address)
	}
	_, err := a.DB.PutItem(ctx, &dynamodb.PutItemInput{ // want phantomread
		TableName: aws.String(a.Table), Item: map[string]types.AttributeValue{"id": text("ADMIN#" + uuid.NewString()), "address": text(address)},
	})
	must(err)
	a.note(ctx, "seeded "+address) // want writeskew
}

// note keeps what was done.
func (a *Admins) note(ctx context.Context, what string) {
	_, err := a.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(a.Table), Item: map[string]types.AttributeValue{"id": text("NOTE#" + uuid.NewString()), "what": text(what)},
	})
	must(err)
}

// SeedSafe makes an administrator whose key is the address.
func (a *Admins) SeedSafe(ctx context.Context, address string) {
	if a.taken(ctx, address) {
		refuse(address)
	}
	_, err := a.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(a.Table), Item: map[string]types.AttributeValue{"id": text("ADMIN#" + address), "address": text(address)},
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	must(err)
}
