// Package found is silent because what it writes it writes only where the item was found, which the
// conditions demand once more. That the item was looked for page by page, that a missing one comes back as
// an error or is looked for only when asked for, does not make absence of presence; and what a new note
// takes over from the latest one, if there is one, decides nothing.
package found

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// ErrNoNote is returned for a note that is not there.
var ErrNoNote = errors.New("no such note")

// Note is a note of a user, kept under its day and its ID.
type Note struct {
	User   string `dynamodbav:"user"`
	Place  string `dynamodbav:"place"` // the day and the ID
	Day    string `dynamodbav:"day"`
	ID     string `dynamodbav:"note"`
	Colour string `dynamodbav:"colour"`
	Title  string `dynamodbav:"title"`
}

// Notebook keeps notes.
type Notebook struct {
	DB    *dynamodb.Client
	Table string
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func (b *Notebook) key(user, day, id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"user": text(user), "place": text(day + "#" + id)}
}

func (b *Notebook) of(user string) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName: aws.String(b.Table), KeyConditionExpression: aws.String("#u = :u"),
		ExpressionAttributeNames:  map[string]string{"#u": "user"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":u": text(user)},
	}
}

// find goes through a user's pages until it comes upon a note.
func (b *Notebook) find(ctx context.Context, user, id string) (*Note, error) {
	pages := dynamodb.NewQueryPaginator(b.DB, b.of(user))
	var found *Note
	for pages.HasMorePages() && found == nil {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		var some []Note
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &some); err != nil {
			return nil, err
		}
		for i := range some {
			if some[i].ID == id {
				found = &some[i]
				break
			}
		}
	}
	if found == nil {
		return nil, ErrNoNote
	}
	return found, nil
}

// Retitle gives a note another title. The day is asked for only since the key is made of it.
func (b *Notebook) Retitle(ctx context.Context, user, id, title string) error {
	note, err := b.find(ctx, user, id)
	if err != nil {
		return err
	}
	_, err = b.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(b.Table), Key: b.key(user, note.Day, id),
		UpdateExpression: aws.String("SET title = :t"), ConditionExpression: aws.String("attribute_exists(place)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":t": text(title)},
	})
	return err
}

// Remove takes a note out of the book.
func (b *Notebook) Remove(ctx context.Context, user, id string) error {
	note, err := b.find(ctx, user, id)
	if err != nil {
		return err
	}
	if note.Day == "" {
		return ErrNoNote
	}
	_, err = b.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String(b.Table), Key: b.key(user, note.Day, id), ConditionExpression: aws.String("attribute_exists(place)"),
	})
	return err
}

// answered is the title of the note that is answered.
func (b *Notebook) answered(ctx context.Context, user, day, id string) (string, error) {
	out, err := b.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(b.Table), Key: b.key(user, day, id)})
	if err != nil {
		return "", err
	}
	if len(out.Item) == 0 {
		return "", ErrNoNote
	}
	var note Note
	if err := attributevalue.UnmarshalMap(out.Item, &note); err != nil {
		return "", err
	}
	return note.Title, nil
}

// Read marks a note as read, and counts it for the note with the title of what it answers, where it answers one.
func (b *Notebook) Read(ctx context.Context, user, day, id, answers string) error {
	title := ""
	if answers != "" {
		var err error
		if title, err = b.answered(ctx, user, day, answers); err != nil {
			return err
		}
	}
	in := &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Delete: &types.Delete{
		TableName: aws.String(b.Table), Key: b.key(user, "unread", id),
	}}}}
	if title != "" {
		in.TransactItems = append(in.TransactItems, types.TransactWriteItem{Update: &types.Update{
			TableName: aws.String(b.Table), Key: b.key(user, "titles", title),
			UpdateExpression:          aws.String("ADD answers :one"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
		}})
	}
	_, err := b.DB.TransactWriteItems(ctx, in)
	return err
}

// Write adds a note, in the colour of one that the user has.
func (b *Notebook) Write(ctx context.Context, user, day, title string) error {
	id := uuid.NewString()
	note := &Note{User: user, Place: day + "#" + id, Day: day, ID: id, Title: title}
	out, err := b.DB.Query(ctx, b.of(user))
	if err != nil {
		return err
	}
	if len(out.Items) > 0 {
		var one Note
		if err := attributevalue.UnmarshalMap(out.Items[0], &one); err != nil {
			return err
		}
		note.Colour = one.Colour
	}
	item, err := attributevalue.MarshalMap(note)
	if err != nil {
		return err
	}
	_, err = b.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(b.Table), Item: item})
	return err
}
