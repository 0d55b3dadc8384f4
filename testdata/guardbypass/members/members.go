// Package members keeps users in one table, with the name that each has claimed and the teams that count them.
//
// Who joins is stored with a claim on the name; who leaves is deleted together with it, and the team counts one less. A
// batch that deletes users alone leaves the names taken and the count too high; one that puts them takes names that
// others have.
//
// Invariant: a name is claimed as long as somebody has it; a team counts its members.
package members

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Club is the program's DynamoDB.
type Club struct {
	DB    *dynamodb.Client
	Table string
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func key(pk, sk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"PK": text(pk), "SK": text(sk)}
}

func userKey(team, user string) map[string]types.AttributeValue {
	return key("TEAM#"+team, "USER#"+user)
}

// Leave deletes a user and counts the team's members.
func (c *Club) Leave(ctx context.Context, team, user string) error {
	_, err := c.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Delete: &types.Delete{TableName: &c.Table, Key: userKey(team, user), ConditionExpression: aws.String("attribute_exists(PK)")}},
		{Update: &types.Update{
			TableName: &c.Table, Key: key("TEAM#"+team, "COUNT"), UpdateExpression: aws.String("ADD members :minus"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":minus": &types.AttributeValueMemberN{Value: "-1"}},
		}},
	}})
	return err
}

// send carries out a batch, or fails.
func (c *Club) send(ctx context.Context, requests []types.WriteRequest) error {
	out, err := c.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{c.Table: requests}})
	if err == nil && len(out.UnprocessedItems) > 0 {
		err = errors.New("try again")
	}
	return err
}

// Expel deletes users, whom their team goes on counting.
func (c *Club) Expel(ctx context.Context, team string, users []string) error {
	var requests []types.WriteRequest
	for _, u := range users {
		requests = append(requests, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: userKey(team, u)}})
	}
	return c.send(ctx, requests) // want guardbypass
}

// ExpelSafe lets them leave one by one.
func (c *Club) ExpelSafe(ctx context.Context, team string, users []string) error {
	for _, u := range users {
		if err := c.Leave(ctx, team, u); err != nil {
			return err
		}
	}
	return nil
}

// CloseSafe deletes the team's users with the count of them: nobody counts any more.
func (c *Club) CloseSafe(ctx context.Context, team string, users []string) error {
	requests := []types.WriteRequest{{DeleteRequest: &types.DeleteRequest{Key: key("TEAM#"+team, "COUNT")}}}
	for _, u := range users {
		requests = append(requests, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: userKey(team, u)}})
	}
	return c.send(ctx, requests)
}

// Claim gives a name to whoever asks first.
func (c *Club) Claim(ctx context.Context, name, user string) error {
	item := key("NAME#"+name, "CLAIM")
	item["user"] = text(user)
	_, err := c.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: &c.Table, Item: item, ConditionExpression: aws.String("attribute_not_exists(PK)")})
	return err
}

// Reserve gives names to a user, whoever has them.
func (c *Club) Reserve(ctx context.Context, user string, names []string) error {
	var requests []types.WriteRequest
	for _, n := range names {
		item := key("NAME#"+n, "CLAIM")
		item["user"] = text(user)
		requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
	}
	return c.send(ctx, requests) // want guardbypass
}

// ReserveSafe asks for each.
func (c *Club) ReserveSafe(ctx context.Context, user string, names []string) error {
	for _, n := range names {
		if err := c.Claim(ctx, n, user); err != nil {
			return err
		}
	}
	return nil
}

// release sends the requests of a table that it is told, as a helper of no type does.
func release(ctx context.Context, db *dynamodb.Client, table string, requests []types.WriteRequest) error {
	out, err := db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: requests}})
	if err == nil && len(out.UnprocessedItems) > 0 {
		err = errors.New("try again")
	}
	return err
}

// Rename gives a user another name, whoever has it.
func (c *Club) Rename(ctx context.Context, user, name string) error {
	item := key("NAME#"+name, "CLAIM")
	item["user"] = text(user)
	return release(ctx, c.DB, c.Table, []types.WriteRequest{{PutRequest: &types.PutRequest{Item: item}}}) // want guardbypass
}

// RenameSafe asks for it.
func (c *Club) RenameSafe(ctx context.Context, user, name string) error {
	return c.Claim(ctx, name, user)
}

// NoteSafe stores items of another kind, of which nobody says how they are written.
func (c *Club) NoteSafe(ctx context.Context, team string, notes []string) error {
	var requests []types.WriteRequest
	for _, n := range notes {
		requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: key("TEAM#"+team, "NOTE#"+n)}})
	}
	return c.send(ctx, requests)
}
