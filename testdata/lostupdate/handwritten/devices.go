// Package handwritten marshals by hand: fromItem and toItem go field by field
// through types.AttributeValueMember values.
//
// A technician updates the firmware of a device while another moves it to a
// new site: the second write takes the first one's change back.
//
// Invariant: a change that returned nil is visible until somebody undoes it.
package handwritten

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Device is one metering device.
type Device struct {
	serial   string
	site     string
	firmware string
	etag     uint64
}

// Fleet stores devices.
type Fleet struct {
	ddb interface {
		GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
		PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
		UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	}
	tableName string
}

// NewFleet returns the fleet of a table.
func NewFleet(c *dynamodb.Client, tableName string) *Fleet {
	return &Fleet{ddb: c, tableName: tableName}
}

func str(m map[string]types.AttributeValue, name string) string {
	if s, ok := m[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func fromItem(m map[string]types.AttributeValue) (*Device, error) {
	d := &Device{serial: str(m, "serial"), site: str(m, "site"), firmware: str(m, "firmware")}
	n, ok := m["etag"].(*types.AttributeValueMemberN)
	if !ok {
		return nil, fmt.Errorf("device %s has no etag", d.serial)
	}
	var err error
	d.etag, err = strconv.ParseUint(n.Value, 10, 64)
	return d, err
}

func (d *Device) toItem() map[string]types.AttributeValue {
	m := make(map[string]types.AttributeValue, 4)
	m["serial"] = &types.AttributeValueMemberS{Value: d.serial}
	m["site"] = &types.AttributeValueMemberS{Value: d.site}
	m["firmware"] = &types.AttributeValueMemberS{Value: d.firmware}
	m["etag"] = &types.AttributeValueMemberN{Value: strconv.FormatUint(d.etag, 10)}
	return m
}

func (f *Fleet) device(ctx context.Context, serial string) (*Device, error) {
	out, err := f.ddb.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(f.tableName),
		Key:       map[string]types.AttributeValue{"serial": &types.AttributeValueMemberS{Value: serial}},
	})
	if err != nil {
		return nil, err
	}
	return fromItem(out.Item)
}

// Move books a device at another site.
func (f *Fleet) Move(ctx context.Context, serial, site string) error {
	d, err := f.device(ctx, serial)
	if err != nil {
		return err
	}
	d.site = site
	_, err = f.ddb.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(f.tableName), Item: d.toItem()}) // want lostupdate
	return err
}

// MoveSafe books a device at another site unless it changed since it was read.
func (f *Fleet) MoveSafe(ctx context.Context, serial, site string) error {
	d, err := f.device(ctx, serial)
	if err != nil {
		return err
	}
	old := &types.AttributeValueMemberN{Value: strconv.FormatUint(d.etag, 10)}
	d.site = site
	d.etag++
	_, err = f.ddb.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 aws.String(f.tableName),
		Item:                      d.toItem(),
		ConditionExpression:       aws.String("etag = :old"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":old": old},
	})
	return err
}

// Flash books a new firmware; it reads nothing, and moves the etag on.
func (f *Fleet) Flash(ctx context.Context, serial, firmware string) error {
	_, err := f.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(f.tableName),
		Key:                 map[string]types.AttributeValue{"serial": &types.AttributeValueMemberS{Value: serial}},
		UpdateExpression:    aws.String("SET firmware = :f ADD etag :one"),
		ConditionExpression: aws.String("attribute_exists(serial)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":f":   &types.AttributeValueMemberS{Value: firmware},
			":one": &types.AttributeValueMemberN{Value: "1"},
		},
	})
	return err
}
