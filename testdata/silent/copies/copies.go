// Package copies is silent because what is stored is another item than the one that was read: a copy under
// the name that the caller gives it. Whoever changes the one changes nothing of the other.
package copies

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrNoPicture is returned for a picture that is not there.
var ErrNoPicture = errors.New("no such picture")

// Picture is a picture of an album.
type Picture struct {
	Name  string `dynamodbav:"-"` // is the sort key
	State string `dynamodbav:"state"`
	Size  int    `dynamodbav:"size"`
}

// Album keeps pictures.
type Album struct {
	DB    *dynamodb.Client
	Table string
}

func key(album, name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"album": &types.AttributeValueMemberS{Value: album}, "name": &types.AttributeValueMemberS{Value: name},
	}
}

func (a *Album) get(ctx context.Context, album, name string) (*Picture, error) {
	out, err := a.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(a.Table), Key: key(album, name)})
	if err != nil {
		return nil, err
	}
	if len(out.Item) == 0 {
		return nil, ErrNoPicture
	}
	p := &Picture{Name: name}
	return p, attributevalue.UnmarshalMap(out.Item, p)
}

func (a *Album) put(ctx context.Context, album string, p *Picture) error {
	item, err := attributevalue.MarshalMap(p)
	if err != nil {
		return err
	}
	for name, v := range key(album, p.Name) {
		item[name] = v
	}
	_, err = a.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(a.Table), Item: item})
	return err
}

// Copy copies a picture.
func (a *Album) Copy(ctx context.Context, album, from, to string) error {
	p, err := a.get(ctx, album, from)
	if err != nil {
		return err
	}
	return a.put(ctx, album, &Picture{Name: to, State: p.State, Size: p.Size})
}
