// Package replaced makes items of structs by hand, and also puts what comes with a request over what is there.
//
// Two tags for one note at once: either is counted in the tags that both have read, and one is gone. A version, which the request
// does not know, would have it refused for ever.
//
// Invariant: a tag that was counted stays.
package replaced

import (
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
)

var errNone = errors.New("there is no such note")

// Note is what somebody has noted.
type Note struct {
	ID   string         `json:"id"`
	Tags map[string]int `json:"tags"`
	Text string         `json:"text"`
}

// Notes stores notes.
type Notes struct {
	DB    dynamodbiface.DynamoDBAPI
	Table string
}

func key(id string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"id": {S: aws.String(id)}}
}

func text(av *dynamodb.AttributeValue) string {
	if av == nil {
		return ""
	}
	return aws.StringValue(av.S)
}

// Get reads a note.
func (s *Notes) Get(id string) (*Note, error) {
	out, err := s.DB.GetItem(&dynamodb.GetItemInput{TableName: aws.String(s.Table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, errNone
	}
	n := &Note{ID: id, Text: text(out.Item["text"]), Tags: map[string]int{}}
	return n, json.Unmarshal([]byte(text(out.Item["tags"])), &n.Tags)
}

// Put stores a note.
func (s *Notes) Put(n *Note) error {
	tags, err := json.Marshal(n.Tags)
	if err != nil {
		return err
	}
	item := key(n.ID)
	item["text"] = &dynamodb.AttributeValue{S: aws.String(n.Text)}
	item["tags"] = &dynamodb.AttributeValue{S: aws.String(string(tags))}
	_, err = s.DB.PutItem(&dynamodb.PutItemInput{TableName: aws.String(s.Table), Item: item})
	return err
}

// Replace stores a note as it comes with a request. It knows no version.
func (s *Notes) Replace(body []byte) error {
	var n Note
	if err := json.Unmarshal(body, &n); err != nil {
		return err
	}
	return s.Put(&n)
}

// Tag counts a tag.
func (s *Notes) Tag(id, tag string) error {
	n, err := s.Get(id)
	if err != nil {
		return err
	}
	n.Tags[tag]++
	return s.Put(n) // want lostupdate
}

// TagSafe puts a tag that is counted if the tags are still those that were read.
func (s *Notes) TagSafe(id, tag string) error {
	n, err := s.Get(id)
	if err != nil {
		return err
	}
	read, err := json.Marshal(n.Tags)
	if err != nil {
		return err
	}
	n.Tags[tag]++
	tags, err := json.Marshal(n.Tags)
	if err != nil {
		return err
	}
	_, err = s.DB.UpdateItem(&dynamodb.UpdateItemInput{
		TableName:           aws.String(s.Table),
		Key:                 key(id),
		UpdateExpression:    aws.String("SET tags = :tags"),
		ConditionExpression: aws.String("tags = :read"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":tags": {S: aws.String(string(tags))},
			":read": {S: aws.String(string(read))},
		},
	})
	return err
}
