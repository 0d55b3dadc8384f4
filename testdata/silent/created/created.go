// Package created is silent because a poster is replaced as a whole by what the
// request says: all that is carried over is when it was created, which no writer
// changes, so no change of it can be lost.
package created

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// ErrNotFound says that there is no such poster.
var ErrNotFound = errors.New("no such poster")

// Poster is what hangs on the wall.
type Poster struct {
	ID        string    `dynamodbav:"id"`
	Title     string    `dynamodbav:"title"`
	Subtitle  string    `dynamodbav:"subtitle"`
	CreatedAt time.Time `dynamodbav:"createdAt"`
}

// Wall stores posters.
type Wall struct {
	DB    *dynamodb.Client
	Table string
}

func (w *Wall) get(ctx context.Context, id string) (*Poster, error) {
	out, err := w.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(w.Table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, ErrNotFound
	}
	var p Poster
	return &p, attributevalue.UnmarshalMap(out.Item, &p)
}

func (w *Wall) put(ctx context.Context, p *Poster) error {
	item, err := attributevalue.MarshalMap(p)
	if err != nil {
		return err
	}
	_, err = w.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(w.Table), Item: item})
	return err
}

// Hang puts up a new poster.
func (w *Wall) Hang(ctx context.Context, p *Poster) error {
	p.ID, p.CreatedAt = uuid.NewString(), time.Now()
	return w.put(ctx, p)
}

// Replace puts up another poster in the place of one.
func (w *Wall) Replace(ctx context.Context, p *Poster) error {
	before, err := w.get(ctx, p.ID)
	if err != nil {
		return err
	}
	p.CreatedAt = before.CreatedAt
	return w.put(ctx, p)
}
