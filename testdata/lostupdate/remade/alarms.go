// Package remade makes items of structs, and structs of items, by hand, and neither has a version.
//
// Somebody sets an alarm's time while it rings: the put of the alarm takes back that it has rung.
//
// Invariant: Rings is how often the alarm rang.
package remade

import (
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
)

var errNone = errors.New("there is no such alarm")

// Alarm is one alarm.
type Alarm struct {
	ID    string `json:"id"`
	At    string `json:"at"`
	Muted bool   `json:"muted"`
	Rings int    `json:"rings"`
	// Days are the days on which it rings.
	Days []string `json:"days"`
}

// Alarms stores alarms.
type Alarms struct {
	DB    dynamodbiface.DynamoDBAPI
	Table string
}

func key(id string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"id": {S: aws.String(id)}}
}

func toItem(a Alarm) map[string]*dynamodb.AttributeValue {
	it := map[string]*dynamodb.AttributeValue{
		"id":    {S: aws.String(a.ID)},
		"rings": {N: aws.String(strconv.Itoa(a.Rings))},
		"muted": {BOOL: aws.Bool(a.Muted)},
	}
	if len(a.Days) > 0 {
		it["days"] = &dynamodb.AttributeValue{SS: aws.StringSlice(a.Days)}
	}
	if a.At != "" {
		it["at"] = &dynamodb.AttributeValue{S: aws.String(a.At)}
	}
	return it
}

func text(av *dynamodb.AttributeValue) string {
	if av == nil {
		return ""
	}
	return aws.StringValue(av.S)
}

func fromItem(it map[string]*dynamodb.AttributeValue) Alarm {
	a := Alarm{ID: aws.StringValue(it["id"].S), At: text(it["at"]), Muted: aws.BoolValue(it["muted"].BOOL)}
	if days := it["days"]; days != nil {
		a.Days = aws.StringValueSlice(days.SS)
	}
	a.Rings, _ = strconv.Atoi(aws.StringValue(it["rings"].N))
	return a
}

// Get reads an alarm.
func (s *Alarms) Get(id string) (Alarm, error) {
	out, err := s.DB.GetItem(&dynamodb.GetItemInput{TableName: aws.String(s.Table), Key: key(id)})
	if err != nil {
		return Alarm{}, err
	}
	if out.Item == nil {
		return Alarm{}, errNone
	}
	return fromItem(out.Item), nil
}

// Put stores an alarm.
func (s *Alarms) Put(a Alarm) error {
	_, err := s.DB.PutItem(&dynamodb.PutItemInput{TableName: aws.String(s.Table), Item: toItem(a)})
	return err
}

// Create stores a new alarm.
func (s *Alarms) Create(id, at string) error {
	return s.Put(Alarm{ID: id, At: at})
}

// Ring counts how often the alarm rang.
func (s *Alarms) Ring(id string) error {
	_, err := s.DB.UpdateItem(&dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("ADD rings :one"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":one": {N: aws.String("1")}},
	})
	return err
}

// Set sets an alarm's time.
func (s *Alarms) Set(id, at string) error {
	a, err := s.Get(id)
	if err != nil {
		return err
	}
	a.At = at
	return s.Put(a) // want lostupdate
}

// SetSafe sets an alarm's time and nothing else.
func (s *Alarms) SetSafe(id, at string) error {
	if _, err := s.Get(id); err != nil {
		return err
	}
	_, err := s.DB.UpdateItem(&dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET #at = :at"),
		ExpressionAttributeNames:  map[string]*string{"#at": aws.String("at")},
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":at": {S: aws.String(at)}},
	})
	return err
}
