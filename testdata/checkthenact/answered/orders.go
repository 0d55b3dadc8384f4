// Package answered remembers which orders it has answered, behind the answer: when the mark is put, the order is placed and the
// answer is on its way, so that a refusal would come too late. There is no fix by a condition.
//
// Two clients send one order: both read that it was not answered, both place it.
//
// Invariant: an order is placed once.
package answered

import (
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Orders are kept in a table with the marks and the number of all orders.
type Orders struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func one() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}}
}

// Place places an order.
func (o *Orders) Place(w http.ResponseWriter, r *http.Request) {
	ctx, id := r.Context(), r.FormValue("id")
	out, err := o.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(o.Table), Key: key("order/" + id)})
	if err != nil {
		http.Error(w, "try again", http.StatusInternalServerError)
		return
	}
	if out.Item != nil {
		http.Error(w, "placed before", http.StatusConflict)
		return
	}
	if _, err := o.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(o.Table), Key: key("all"),
		UpdateExpression: aws.String("ADD orders :one"), ExpressionAttributeValues: one(),
	}); err != nil {
		http.Error(w, "try again", http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "placed")
	_, _ = o.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(o.Table), Item: key("order/" + id)}) // want checkthenact
}

// PlaceSafe puts the mark along with the order, and answers behind that.
func (o *Orders) PlaceSafe(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("id")
	_, err := o.DB.TransactWriteItems(r.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{
			TableName: aws.String(o.Table), Item: key("order/" + id),
			ConditionExpression: aws.String("attribute_not_exists(id)"),
		}},
		{Update: &types.Update{
			TableName: aws.String(o.Table), Key: key("all"),
			UpdateExpression: aws.String("ADD orders :one"), ExpressionAttributeValues: one(),
		}},
	}})
	if err != nil {
		http.Error(w, "placed before", http.StatusConflict)
		return
	}
	fmt.Fprintln(w, "placed")
}
