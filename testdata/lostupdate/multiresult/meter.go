// Package multiresult reads a meter through a function with several results,
// of which one is data, one says whether there was anything, one is an error.
//
// Two gateways report the same meter: both add their own units to the old
// reading, and the units of one of them are never billed.
//
// Invariant: the reading is the sum of all reported units.
package multiresult

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Meters stores the readings of electricity meters.
type Meters struct {
	client *dynamodb.Client
	table  string
}

// New returns the meters of a table.
func New(client *dynamodb.Client, table string) Meters { return Meters{client, table} }

func pk(meter string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"meter": &types.AttributeValueMemberS{Value: meter}}
}

func number(i int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(i, 10)}
}

// Reading returns the units and the tariff of a meter, and whether it is known.
func (m Meters) Reading(ctx context.Context, meter string) (units int64, tariff string, ok bool, err error) {
	out, err := m.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(m.table), Key: pk(meter)})
	if err != nil {
		return 0, "", false, err
	}
	u, isNumber := out.Item["units"].(*types.AttributeValueMemberN)
	t, isString := out.Item["tariff"].(*types.AttributeValueMemberS)
	if !isNumber || !isString {
		return 0, "", false, nil
	}
	units, err = strconv.ParseInt(u.Value, 10, 64)
	return units, t.Value, true, err
}

// Report adds units to a meter.
func (m Meters) Report(ctx context.Context, meter string, units int64) error {
	before, tariff, ok, err := m.Reading(ctx, meter)
	if err != nil || !ok {
		return err
	}
	item := pk(meter)
	item["units"] = number(before + units)
	item["tariff"] = &types.AttributeValueMemberS{Value: tariff}
	_, err = m.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(m.table), Item: item}) // want lostupdate
	return err
}

// ReportSafe adds units to a known meter; DynamoDB does the sum.
func (m Meters) ReportSafe(ctx context.Context, meter string, units int64) error {
	_, _, ok, err := m.Reading(ctx, meter)
	if err != nil || !ok {
		return err
	}
	_, err = m.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(m.table),
		Key:                       pk(meter),
		UpdateExpression:          aws.String("SET units = units + :u"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":u": number(units)},
	})
	return err
}
