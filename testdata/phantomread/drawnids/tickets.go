// Package drawnids opens two tickets at most, under ids of letters that are drawn at random in the ways in which programs do that.
//
// Two callers count one ticket, and both put another one. Silent is the update behind the put: it is of a ticket that the same
// call has put under an id that is new on every call, and does not add one.
//
// Invariant: there are no more than two tickets.
package drawnids

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	mathrand "math/rand"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrFull says that there are too many tickets.
var ErrFull = errors.New("there are too many tickets")

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

var letters = []rune(alphabet)

// Bytes draws bytes until enough of them can be letters.
func Bytes() (string, error) {
	id, drawn := make([]byte, 12), make([]byte, 22)
	for filled := 0; filled < len(id); {
		if _, err := rand.Read(drawn); err != nil {
			return "", err
		}
		for _, b := range drawn {
			if b >= 252 {
				continue // 252 is the largest multiple of 36 that fits
			}
			id[filled] = alphabet[b%36]
			if filled++; filled == len(id) {
				break
			}
		}
	}
	return string(id), nil
}

// Runes draws the places of letters in a list.
func Runes() (string, error) {
	id := make([]rune, 12)
	for i := range id {
		id[i] = letters[mathrand.Intn(len(letters))]
	}
	return string(id), nil
}

// Written draws numbers, and writes letter after letter.
func Written() (string, error) {
	var id strings.Builder
	for range 12 {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", err
		}
		id.WriteByte(alphabet[n.Int64()])
	}
	return id.String(), nil
}

// InPlace makes letters of the bytes where they are.
func InPlace() (string, error) {
	id := make([]byte, 12)
	if _, err := rand.Read(id); err != nil {
		return "", err
	}
	for i, b := range id {
		id[i] = alphabet[int(b)%len(alphabet)]
	}
	return string(id), nil
}

// Encoded reads bytes from the reader that never ends.
func Encoded() (string, error) {
	id := make([]byte, 12)
	if _, err := io.ReadFull(rand.Reader, id); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(id), nil
}

// Office keeps tickets, and beside them an item that counts them.
type Office struct {
	DB    *dynamodb.Client
	Table string
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func key(kind, id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"kind": s(kind), "id": s(id)}
}

// room reports whether another ticket is allowed.
func (o *Office) room(ctx context.Context) error {
	out, err := o.DB.Query(ctx, &dynamodb.QueryInput{
		TableName: aws.String(o.Table), Select: types.SelectCount,
		KeyConditionExpression:    aws.String("kind = :k"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":k": s("TICKET")},
	})
	if err == nil && out.Count >= 2 {
		return ErrFull
	}
	return err
}

func (o *Office) put(ctx context.Context, id string) error {
	_, err := o.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(o.Table), Item: key("TICKET", id)})
	return err
}

func (o *Office) assign(ctx context.Context, id, who string) error {
	_, err := o.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(o.Table), Key: key("TICKET", id), UpdateExpression: aws.String("SET who = :w"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":w": s(who)},
	})
	return err
}

// OpenBytes puts a ticket if there is room, and assigns it.
func (o *Office) OpenBytes(ctx context.Context, who string) error {
	if err := o.room(ctx); err != nil {
		return err
	}
	id, err := Bytes()
	if err != nil {
		return err
	}
	if err := o.put(ctx, id); err != nil { // want phantomread
		return err
	}
	return o.assign(ctx, id, who)
}

// OpenRunes puts a ticket if there is room, and assigns it.
func (o *Office) OpenRunes(ctx context.Context, who string) error {
	if err := o.room(ctx); err != nil {
		return err
	}
	id, err := Runes()
	if err != nil {
		return err
	}
	if err := o.put(ctx, id); err != nil { // want phantomread
		return err
	}
	return o.assign(ctx, id, who)
}

// OpenWritten puts a ticket if there is room, and assigns it.
func (o *Office) OpenWritten(ctx context.Context, who string) error {
	if err := o.room(ctx); err != nil {
		return err
	}
	id, err := Written()
	if err != nil {
		return err
	}
	if err := o.put(ctx, id); err != nil { // want phantomread
		return err
	}
	return o.assign(ctx, id, who)
}

// OpenInPlace puts a ticket if there is room, and assigns it.
func (o *Office) OpenInPlace(ctx context.Context, who string) error {
	if err := o.room(ctx); err != nil {
		return err
	}
	id, err := InPlace()
	if err != nil {
		return err
	}
	if err := o.put(ctx, id); err != nil { // want phantomread
		return err
	}
	return o.assign(ctx, id, who)
}

// OpenEncoded puts a ticket if there is room, and assigns it.
func (o *Office) OpenEncoded(ctx context.Context, who string) error {
	if err := o.room(ctx); err != nil {
		return err
	}
	id, err := Encoded()
	if err != nil {
		return err
	}
	if err := o.put(ctx, id); err != nil { // want phantomread
		return err
	}
	return o.assign(ctx, id, who)
}

// OpenBytesSafe counts the tickets with the put, in an item that has room for two.
func (o *Office) OpenBytesSafe(ctx context.Context, who string) error {
	if err := o.room(ctx); err != nil {
		return err
	}
	id, err := Bytes()
	if err != nil {
		return err
	}
	_, err = o.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String(o.Table), Item: key("TICKET", id)}},
		{Update: &types.Update{
			TableName: aws.String(o.Table), Key: key("COUNT", "TICKET"), UpdateExpression: aws.String("ADD tickets :one"),
			ConditionExpression: aws.String("attribute_not_exists(tickets) OR tickets < :most"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":one": &types.AttributeValueMemberN{Value: "1"}, ":most": &types.AttributeValueMemberN{Value: "2"},
			},
		}},
	}})
	if err != nil {
		return err
	}
	return o.assign(ctx, id, who)
}
