// Package merged holds items that are read and merged with what a function was
// given: what is put back is another value than the one that was read.
//
// Two clients that report at the same time both read 3 visits and both write
// back 3 plus their own: the visits of one report are gone. A page counts its
// revision on at each write, and nobody ever checks it.
//
// Invariant: Visits, and the words of a page, are those of all reports
// together.
package merged

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Visitor is what is known of one visitor.
type Visitor struct {
	ID     string `dynamodbav:"id"`
	Name   string `dynamodbav:"name"`
	Visits int    `dynamodbav:"visits"`
}

// Page is one page of the site.
type Page struct {
	ID    string `dynamodbav:"id"`
	Words int    `dynamodbav:"words"`
	Rev   int    `dynamodbav:"rev"`
}

// Site stores visitors and pages.
type Site struct {
	DB              *dynamodb.Client
	Visitors, Pages string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func merge(old, more Visitor) *Visitor {
	more.Visits += old.Visits
	if more.Name == "" {
		more.Name = old.Name
	}
	return &more
}

// Report adds what one batch knows of a visitor to what is stored.
func (s *Site) Report(ctx context.Context, seen *Visitor) error {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.Visitors), Key: key(seen.ID)})
	if err != nil {
		return err
	}
	if len(out.Item) > 0 {
		var old Visitor
		if err := attributevalue.UnmarshalMap(out.Item, &old); err != nil {
			return err
		}
		seen = merge(old, *seen)
	}
	item, err := attributevalue.MarshalMap(seen)
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.Visitors), Item: item}) // want lostupdate
	return err
}

// ReportSafe adds what one batch knows of a visitor, unless another one did so
// in between.
func (s *Site) ReportSafe(ctx context.Context, seen *Visitor) error {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.Visitors), Key: key(seen.ID)})
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{
		TableName:           aws.String(s.Visitors),
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	}
	if len(out.Item) > 0 {
		var old Visitor
		if err := attributevalue.UnmarshalMap(out.Item, &old); err != nil {
			return err
		}
		seen = merge(old, *seen)
		in.ConditionExpression = aws.String("visits = :visits")
		in.ExpressionAttributeValues = map[string]types.AttributeValue{
			":visits": &types.AttributeValueMemberN{Value: strconv.Itoa(old.Visits)},
		}
	}
	if in.Item, err = attributevalue.MarshalMap(seen); err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, in)
	return err
}

func (s *Site) visitor(ctx context.Context, id string) (v Visitor, err error) {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.Visitors), Key: key(id)})
	if err != nil {
		return v, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &v)
	return v, err
}

// Rename gives a visitor another name, who keeps the visits.
func (s *Site) Rename(ctx context.Context, id, name string) error {
	old, err := s.visitor(ctx, id)
	if err != nil {
		return err
	}
	var visits int
	if old.ID == id {
		visits = old.Visits
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{ // want lostupdate
		TableName: aws.String(s.Visitors),
		Item: map[string]types.AttributeValue{
			"id":     &types.AttributeValueMemberS{Value: id},
			"name":   &types.AttributeValueMemberS{Value: name},
			"visits": &types.AttributeValueMemberN{Value: strconv.Itoa(visits)},
		},
	})
	return err
}

// RenameSafe gives a visitor another name and changes nothing else.
func (s *Site) RenameSafe(ctx context.Context, id, name string) error {
	_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.Visitors),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET #n = :name"),
		ExpressionAttributeNames:  map[string]string{"#n": "name"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":name": &types.AttributeValueMemberS{Value: name}},
	})
	return err
}

// Write adds words to a page.
func (s *Site) Write(ctx context.Context, id string, words int) error {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.Pages), Key: key(id)})
	if err != nil {
		return err
	}
	var p Page
	if err := attributevalue.UnmarshalMap(out.Item, &p); err != nil {
		return err
	}
	p.Words += words
	p.Rev++
	item, err := attributevalue.MarshalMap(&p)
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.Pages), Item: item}) // want lostupdate
	return err
}

// WriteSafe adds words to a page that is as it was read.
func (s *Site) WriteSafe(ctx context.Context, id string, words int) error {
	out, err := s.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.Pages), Key: key(id)})
	if err != nil {
		return err
	}
	var p Page
	if err := attributevalue.UnmarshalMap(out.Item, &p); err != nil {
		return err
	}
	read := p.Rev
	p.Words += words
	p.Rev++
	item, err := attributevalue.MarshalMap(&p)
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(s.Pages),
		Item:                item,
		ConditionExpression: aws.String("rev = :read"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":read": &types.AttributeValueMemberN{Value: strconv.Itoa(read)},
		},
	})
	return err
}
