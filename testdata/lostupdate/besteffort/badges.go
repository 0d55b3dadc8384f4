// Package besteffort changes badges, and does not look whether the change could be stored. Nobody can be told: the author says that
// it does not matter, the request is answered already, or the function is over. A version would refuse the change in silence,
// so that there is no fix by one.
//
// Two clients count on a badge: both read it, and the later put undoes the earlier one.
//
// Invariant: what a client was told is done is counted.
package besteffort

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Badge is one badge.
type Badge struct {
	ID    string `dynamodbav:"id"`
	Owner string `dynamodbav:"owner"`
	Seen  int    `dynamodbav:"seen"`
}

// Badges are kept in a table.
type Badges struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (b *Badges) get(ctx context.Context, id string) (*Badge, error) {
	out, err := b.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(b.Table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	var found Badge
	return &found, attributevalue.UnmarshalMap(out.Item, &found)
}

func (b *Badges) put(ctx context.Context, badge Badge) error {
	item, err := attributevalue.MarshalMap(badge)
	if err != nil {
		return err
	}
	_, err = b.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(b.Table), Item: item})
	return err
}

// Enter lets somebody in. That the badge is counted does not matter to the author.
func (b *Badges) Enter(ctx context.Context, id string) error {
	found, err := b.get(ctx, id)
	if err != nil {
		return err
	}
	found.Seen++
	// best effort: nobody stays outside for a number
	_ = b.put(ctx, *found) // want lostupdate
	return nil
}

// Leave lets somebody out, and counts the badge when it is over.
func (b *Badges) Leave(ctx context.Context, id string) error {
	found, err := b.get(ctx, id)
	if err != nil {
		return err
	}
	found.Seen++
	defer b.put(ctx, *found) // want lostupdate
	return nil
}

// Show answers a request, and counts the badge behind that.
func (b *Badges) Show(w http.ResponseWriter, r *http.Request) {
	found, err := b.get(r.Context(), r.FormValue("id"))
	if err != nil {
		http.Error(w, "try again", http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, found.Owner)
	found.Seen++
	_ = b.put(r.Context(), *found) // want lostupdate
}

// Check counts a badge, and says in the log when it could not.
func (b *Badges) Check(ctx context.Context, id string) error {
	found, err := b.get(ctx, id)
	if err != nil {
		return err
	}
	found.Seen++
	if err := b.put(ctx, *found); err != nil { // want lostupdate
		log.Printf("badge %s: %v", id, err)
	}
	return nil
}

// Print counts a badge, and has the log print what came of it.
func (b *Badges) Print(ctx context.Context, id string) error {
	found, err := b.get(ctx, id)
	if err != nil {
		return err
	}
	found.Seen++
	log.Println(b.put(ctx, *found)) // want lostupdate
	return nil
}

// All counts many badges. An error would keep the walk from those that come behind it.
func (b *Badges) All(ctx context.Context, ids []string) error {
	return walk(ids, func(id string) error {
		found, err := b.get(ctx, id)
		if err != nil {
			return err
		}
		found.Seen++
		_ = b.put(ctx, *found) // want lostupdate
		return nil
	})
}

func walk(ids []string, visit func(string) error) error {
	for _, id := range ids {
		if err := visit(id); err != nil {
			return err
		}
	}
	return nil
}

func (b *Badges) count(ctx context.Context, id string) error {
	_, err := b.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(b.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("ADD seen :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	return err
}

// EnterSafe has DynamoDB count.
func (b *Badges) EnterSafe(ctx context.Context, id string) error { return b.count(ctx, id) }

// LeaveSafe has DynamoDB count.
func (b *Badges) LeaveSafe(ctx context.Context, id string) error { return b.count(ctx, id) }

// ShowSafe has DynamoDB count before it answers.
func (b *Badges) ShowSafe(w http.ResponseWriter, r *http.Request) {
	found, err := b.get(r.Context(), r.FormValue("id"))
	if err == nil {
		err = b.count(r.Context(), found.ID)
	}
	if err != nil {
		http.Error(w, "try again", http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, found.Owner)
}

// CheckSafe has DynamoDB count.
func (b *Badges) CheckSafe(ctx context.Context, id string) error { return b.count(ctx, id) }

// PrintSafe has DynamoDB count.
func (b *Badges) PrintSafe(ctx context.Context, id string) error { return b.count(ctx, id) }

// AllSafe has DynamoDB count.
func (b *Badges) AllSafe(ctx context.Context, ids []string) error {
	return walk(ids, func(id string) error { return b.count(ctx, id) })
}
