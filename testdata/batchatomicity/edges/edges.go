// Package edges writes items that belong together in one batch: an edge and its inverse, a note that moves.
//
// A batch that is carried out in part, by a client that ends before it has sent the rest again, leaves one of the two.
//
// Invariant: each edge has its inverse; a note is in one folder.
package edges

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Graph is the program's DynamoDB.
type Graph struct{ DB *dynamodb.Client }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func edge(pk, sk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": text(pk), "sk": text(sk)}
}

func put(item map[string]types.AttributeValue) types.WriteRequest {
	return types.WriteRequest{PutRequest: &types.PutRequest{Item: item}}
}

// write carries out a batch to its end.
func (g *Graph) write(ctx context.Context, requests map[string][]types.WriteRequest) error {
	for attempt := 0; len(requests) > 0; attempt++ {
		if attempt == 8 {
			return errors.New("batch not finished")
		}
		out, err := g.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: requests})
		if err != nil {
			return err
		}
		requests = out.UnprocessedItems
		time.Sleep(50 * time.Millisecond << attempt)
	}
	return nil
}

// Follow stores an edge and its inverse.
func (g *Graph) Follow(ctx context.Context, who, whom string) error {
	return g.write(ctx, map[string][]types.WriteRequest{"graph": { // want batchatomicity
		put(edge("FOLLOWS#"+who, whom)),
		put(edge("FOLLOWED#"+whom, who)),
	}})
}

// FollowSafe stores both or none.
func (g *Graph) FollowSafe(ctx context.Context, who, whom string) error {
	_, err := g.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("graph"), Item: edge("FOLLOWS#"+who, whom)}},
		{Put: &types.Put{TableName: aws.String("graph"), Item: edge("FOLLOWED#"+whom, who)}},
	}})
	return err
}

// LoadSafe loads edges of one kind: each is complete in itself.
func (g *Graph) LoadSafe(ctx context.Context, who string, whom []string) error {
	var requests []types.WriteRequest
	for _, w := range whom {
		requests = append(requests, put(edge("KNOWS#"+who, w)))
	}
	return g.write(ctx, map[string][]types.WriteRequest{"graph": requests})
}

// SeedSafe loads items of two kinds that have nothing to do with each other.
func (g *Graph) SeedSafe(ctx context.Context, users, topics []string) error {
	var requests []types.WriteRequest
	for _, u := range users {
		requests = append(requests, put(edge("USER#"+u, "PROFILE")))
	}
	for _, t := range topics {
		requests = append(requests, put(edge("TOPIC#"+t, "PAGE")))
	}
	return g.write(ctx, map[string][]types.WriteRequest{"graph": requests})
}

// DropSafe deletes an edge and its inverse: doing it again completes it, and until then the rest is only too much.
func (g *Graph) DropSafe(ctx context.Context, who, whom string) error {
	return g.write(ctx, map[string][]types.WriteRequest{"graph": {
		{DeleteRequest: &types.DeleteRequest{Key: edge("FOLLOWS#"+who, whom)}},
		{DeleteRequest: &types.DeleteRequest{Key: edge("FOLLOWED#"+whom, who)}},
	}})
}

// Note lies in a folder.
type Note struct {
	Folder string `dynamodbav:"folder"`
	ID     string `dynamodbav:"id"`
	Text   string `dynamodbav:"text"`
}

func noteKey(folder, id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"folder": text(folder), "id": text(id)}
}

func (g *Graph) note(ctx context.Context, folder, id string) (Note, error) {
	var n Note
	out, err := g.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("notes"), Key: noteKey(folder, id)})
	if err != nil {
		return n, err
	}
	if out.Item == nil {
		return n, errors.New("no such note")
	}
	err = attributevalue.UnmarshalMap(out.Item, &n)
	return n, err
}

// Move puts a note into another folder.
func (g *Graph) Move(ctx context.Context, from, to, id string) error {
	n, err := g.note(ctx, from, id)
	if err != nil {
		return err
	}
	n.Folder = to
	item, err := attributevalue.MarshalMap(n)
	if err != nil {
		return err
	}
	return g.write(ctx, map[string][]types.WriteRequest{"notes": { // want batchatomicity
		put(item),
		{DeleteRequest: &types.DeleteRequest{Key: noteKey(from, id)}},
	}})
}

// MoveSafe moves the note as it was read, in one transaction.
func (g *Graph) MoveSafe(ctx context.Context, from, to, id string) error {
	n, err := g.note(ctx, from, id)
	if err != nil {
		return err
	}
	n.Folder = to
	item, err := attributevalue.MarshalMap(n)
	if err != nil {
		return err
	}
	_, err = g.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("notes"), Item: item, ConditionExpression: aws.String("attribute_not_exists(id)")}},
		{Delete: &types.Delete{
			TableName:                 aws.String("notes"),
			Key:                       noteKey(from, id),
			ConditionExpression:       aws.String("#t = :read"),
			ExpressionAttributeNames:  map[string]string{"#t": "text"},
			ExpressionAttributeValues: map[string]types.AttributeValue{":read": text(n.Text)},
		}},
	}})
	return err
}

// Pair stores an edge and its inverse, and fails when something is left.
func (g *Graph) Pair(ctx context.Context, who, whom string) error {
	out, err := g.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{ // want batchatomicity
		"graph": {
			{PutRequest: &types.PutRequest{Item: edge("FOLLOWS#"+who, whom)}},
			{PutRequest: &types.PutRequest{Item: edge("FOLLOWED#"+whom, who)}},
		},
	}})
	if err != nil {
		return err
	}
	if len(out.UnprocessedItems) > 0 {
		return errors.New("try again")
	}
	return nil
}

// Block stores an edge and its inverse, out of variables.
func (g *Graph) Block(ctx context.Context, who, whom string) error {
	requests := []types.WriteRequest{
		// the edge
		put(edge("BLOCKS#"+who, whom)),
		// and back
		put(edge("BLOCKED#"+whom, who)),
	}
	in := &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"graph": requests}}
	out, err := g.DB.BatchWriteItem(ctx, in) // want batchatomicity
	if err != nil {
		return err
	}
	if len(out.UnprocessedItems) > 0 {
		return errors.New("try again")
	}
	return nil
}

// Entry is one side of a booking.
type Entry struct {
	ID    string `dynamodbav:"id"`
	Cents int    `dynamodbav:"cents"`
}

// Book books an amount on two sides.
func (g *Graph) Book(ctx context.Context, id string, cents int) error {
	debit, err := attributevalue.MarshalMap(Entry{ID: id + "#debit", Cents: -cents})
	if err != nil {
		return err
	}
	credit, err := attributevalue.MarshalMap(Entry{ID: id + "#credit", Cents: cents})
	if err != nil {
		return err
	}
	return g.write(ctx, map[string][]types.WriteRequest{"ledger": {put(debit), put(credit)}}) // want batchatomicity
}

// BookSafe books both sides or none.
func (g *Graph) BookSafe(ctx context.Context, id string, cents int) error {
	debit, err := attributevalue.MarshalMap(Entry{ID: id + "#debit", Cents: -cents})
	if err != nil {
		return err
	}
	credit, err := attributevalue.MarshalMap(Entry{ID: id + "#credit", Cents: cents})
	if err != nil {
		return err
	}
	_, err = g.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("ledger"), Item: debit}},
		{Put: &types.Put{TableName: aws.String("ledger"), Item: credit}},
	}})
	return err
}

// account is one side of a transfer, under the account that it belongs to.
func account(owner, transfer string, cents int) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"pk": text("ACCOUNT#" + owner), "sk": text("TRANSFER#" + transfer), "cents": &types.AttributeValueMemberN{Value: fmt.Sprint(cents)},
	}
}

// Transfer books what one account gives and the other one gets.
func (g *Graph) Transfer(ctx context.Context, from, to, id string, cents int) error {
	return g.write(ctx, map[string][]types.WriteRequest{"graph": {put(account(from, id, -cents)), put(account(to, id, cents))}}) // want batchatomicity
}

// TransferSafe books both or none.
func (g *Graph) TransferSafe(ctx context.Context, from, to, id string, cents int) error {
	_, err := g.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("graph"), Item: account(from, id, -cents)}},
		{Put: &types.Put{TableName: aws.String("graph"), Item: account(to, id, cents)}},
	}})
	return err
}

// Archive moves a note into another table, as it was read.
func (g *Graph) Archive(ctx context.Context, folder, id string) error {
	out, err := g.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("notes"), Key: noteKey(folder, id)})
	if err != nil {
		return err
	}
	if out.Item == nil {
		return errors.New("no such note")
	}
	return g.write(ctx, map[string][]types.WriteRequest{ // want batchatomicity
		"archive": {put(out.Item)},
		"notes":   {{DeleteRequest: &types.DeleteRequest{Key: noteKey(folder, id)}}},
	})
}

// ArchiveSafe moves both in one transaction, unless somebody was faster.
func (g *Graph) ArchiveSafe(ctx context.Context, folder, id string) error {
	n, err := g.note(ctx, folder, id)
	if err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(n)
	if err != nil {
		return err
	}
	_, err = g.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("archive"), Item: item, ConditionExpression: aws.String("attribute_not_exists(id)")}},
		{Delete: &types.Delete{
			TableName:                 aws.String("notes"),
			Key:                       noteKey(folder, id),
			ConditionExpression:       aws.String("#t = :read"),
			ExpressionAttributeNames:  map[string]string{"#t": "text"},
			ExpressionAttributeValues: map[string]types.AttributeValue{":read": text(n.Text)},
		}},
	}})
	return err
}

// Open stores a thread in one table and its first message in another one.
func (g *Graph) Open(ctx context.Context, thread, first string) error {
	return g.write(ctx, map[string][]types.WriteRequest{ // want batchatomicity
		"threads":  {put(map[string]types.AttributeValue{"id": text(thread)})},
		"messages": {put(map[string]types.AttributeValue{"id": text(first), "thread": text(thread)})},
	})
}

// OpenSafe stores both or none.
func (g *Graph) OpenSafe(ctx context.Context, thread, first string) error {
	_, err := g.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("threads"), Item: map[string]types.AttributeValue{"id": text(thread)}}},
		{Put: &types.Put{TableName: aws.String("messages"), Item: map[string]types.AttributeValue{"id": text(first), "thread": text(thread)}}},
	}})
	return err
}
