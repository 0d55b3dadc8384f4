// Package sdkv1 is written against aws-sdk-go, version 1, in its three forms:
// plain calls, WithContext, and Request with Send.
//
// Two clerks book hours on one timesheet at the same time: both write the old
// hours plus their own, and half of the work is not paid.
//
// Invariant: the hours of a sheet are the sum of all booked hours.
package sdkv1

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
)

// Sheet is one worker's month.
type Sheet struct {
	Worker  string `json:"worker"`
	Hours   int    `json:"hours"`
	Version int    `json:"version"`
}

// Sheets stores timesheets.
type Sheets struct {
	svc   dynamodbiface.DynamoDBAPI
	table string
}

// New returns the timesheets of a table.
func New(svc dynamodbiface.DynamoDBAPI, table string) *Sheets {
	return &Sheets{svc: svc, table: table}
}

func workerKey(worker string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"worker": {S: aws.String(worker)}}
}

// Book adds hours with the plain form.
func (s *Sheets) Book(worker string, hours int) error {
	out, err := s.svc.GetItem(&dynamodb.GetItemInput{TableName: aws.String(s.table), Key: workerKey(worker)})
	if err != nil {
		return err
	}
	var sheet Sheet
	if err := dynamodbattribute.UnmarshalMap(out.Item, &sheet); err != nil {
		return err
	}
	sheet.Hours += hours
	item, err := dynamodbattribute.MarshalMap(sheet)
	if err != nil {
		return err
	}
	_, err = s.svc.PutItem(&dynamodb.PutItemInput{TableName: aws.String(s.table), Item: item}) // want lostupdate
	return err
}

// BookContext adds hours with the WithContext form.
func (s *Sheets) BookContext(ctx context.Context, worker string, hours int) error {
	out, err := s.svc.GetItemWithContext(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: workerKey(worker)})
	if err != nil {
		return err
	}
	var sheet Sheet
	if err := dynamodbattribute.UnmarshalMap(out.Item, &sheet); err != nil {
		return err
	}
	total := strconv.Itoa(sheet.Hours + hours)
	_, err = s.svc.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName:                 &s.table,
		Key:                       workerKey(worker),
		UpdateExpression:          aws.String("SET hours = :h"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":h": {N: &total}},
	})
	return err
}

// BookRequest adds hours with the Request form.
func (s *Sheets) BookRequest(worker string, hours int) error {
	get, out := s.svc.GetItemRequest(&dynamodb.GetItemInput{TableName: &s.table, Key: workerKey(worker)})
	if err := get.Send(); err != nil {
		return err
	}
	var sheet Sheet
	if err := dynamodbattribute.UnmarshalMap(out.Item, &sheet); err != nil {
		return err
	}
	sheet.Hours += hours
	item, err := dynamodbattribute.MarshalMap(sheet)
	if err != nil {
		return err
	}
	put, _ := s.svc.PutItemRequest(&dynamodb.PutItemInput{TableName: &s.table, Item: item}) // want lostupdate
	return put.Send()
}

// BookSafe adds hours to a sheet that is still at the version read.
func (s *Sheets) BookSafe(ctx context.Context, worker string, hours int) error {
	out, err := s.svc.GetItemWithContext(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: workerKey(worker)})
	if err != nil {
		return err
	}
	var sheet Sheet
	if err := dynamodbattribute.UnmarshalMap(out.Item, &sheet); err != nil {
		return err
	}
	read := strconv.Itoa(sheet.Version)
	sheet.Hours += hours
	sheet.Version++
	item, err := dynamodbattribute.MarshalMap(sheet)
	if err != nil {
		return err
	}
	_, err = s.svc.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName:                 &s.table,
		Item:                      item,
		ConditionExpression:       aws.String("version = :read"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":read": {N: &read}},
	})
	return err
}
