// Package orders stores orders and what belongs to them, one write after the other.
//
// When the second write fails, or the process ends before it, the first one stays, and trying again does not complete it.
//
// Invariant: an order has a receipt; the number of a customer's orders is that of its items.
package orders

import (
	"context"
	"log"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// Order is what a customer has ordered.
type Order struct {
	ID       string `dynamodbav:"id"`
	Customer string `dynamodbav:"customer"`
}

// Receipt belongs to an order.
type Receipt struct {
	Order string `dynamodbav:"order"`
	Text  string `dynamodbav:"text"`
}

// Entry is a line of the audit log.
type Entry struct {
	ID    string `dynamodbav:"id"`
	Order string `dynamodbav:"order"`
}

// Shop is the program's DynamoDB.
type Shop struct{ DB *dynamodb.Client }

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (s *Shop) put(ctx context.Context, table string, v any) error {
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: item})
	return err
}

func (s *Shop) drop(ctx context.Context, table, id string) error {
	_, err := s.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(table), Key: key(id)})
	return err
}

func one() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}}
}

// Place stores an order, then its receipt: an order whose receipt could not be stored has none for ever.
func (s *Shop) Place(ctx context.Context, customer string) error {
	o := Order{ID: uuid.NewString(), Customer: customer}
	if err := s.put(ctx, "orders", o); err != nil {
		return err
	}
	return s.put(ctx, "receipts", Receipt{Order: o.ID, Text: "thank you"}) // want tornsequence
}

// Serve stores an order and its receipt, and answers with a status: the client sees that it has failed, and tries again.
func (s *Shop) Serve(w http.ResponseWriter, r *http.Request) {
	o := Order{ID: uuid.NewString(), Customer: r.FormValue("customer")}
	if err := s.put(r.Context(), "orders", o); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if err := s.put(r.Context(), "receipts", Receipt{Order: o.ID, Text: "thank you"}); err != nil { // want tornsequence
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

// ServeSafe stores both or none.
func (s *Shop) ServeSafe(w http.ResponseWriter, r *http.Request) {
	if err := s.PlaceSafe(r.Context(), r.FormValue("customer")); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

// Answer is what a client gets.
type Answer struct {
	Status int
	ID     string
}

// Reply puts the failure into a status, and returns no error.
func (s *Shop) Reply(ctx context.Context, customer string) (Answer, error) {
	o := Order{ID: uuid.NewString(), Customer: customer}
	if err := s.put(ctx, "orders", o); err != nil {
		return Answer{Status: 500}, nil
	}
	if err := s.put(ctx, "receipts", Receipt{Order: o.ID, Text: "thank you"}); err != nil { // want tornsequence
		return Answer{Status: 500}, nil
	}
	return Answer{Status: 201, ID: o.ID}, nil
}

// ReplySafe stores both or none.
func (s *Shop) ReplySafe(ctx context.Context, customer string) (Answer, error) {
	if err := s.PlaceSafe(ctx, customer); err != nil {
		return Answer{Status: 500}, nil
	}
	return Answer{Status: 201}, nil
}

// WorkSafe answers nobody: whoever started it hears neither of a failure nor of success.
func (s *Shop) WorkSafe(ctx context.Context, customer string) {
	o := Order{ID: uuid.NewString(), Customer: customer}
	if err := s.put(ctx, "orders", o); err != nil {
		log.Print(err)
		return
	}
	if err := s.put(ctx, "receipts", Receipt{Order: o.ID, Text: "thank you"}); err != nil {
		log.Print(err)
	}
}

// PlaceSafe stores both or none.
func (s *Shop) PlaceSafe(ctx context.Context, customer string) error {
	o := Order{ID: uuid.NewString(), Customer: customer}
	order, err := attributevalue.MarshalMap(o)
	if err != nil {
		return err
	}
	receipt, err := attributevalue.MarshalMap(Receipt{Order: o.ID, Text: "thank you"})
	if err != nil {
		return err
	}
	_, err = s.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("orders"), Item: order}},
		{Put: &types.Put{TableName: aws.String("receipts"), Item: receipt}},
	}})
	return err
}

// UndoneSafe takes the order back when its receipt fails; what is left is a process that ends between the two.
func (s *Shop) UndoneSafe(ctx context.Context, customer string) error {
	o := Order{ID: uuid.NewString(), Customer: customer}
	if err := s.put(ctx, "orders", o); err != nil {
		return err
	}
	if err := s.put(ctx, "receipts", Receipt{Order: o.ID, Text: "thank you"}); err != nil {
		if err := s.drop(ctx, "orders", o.ID); err != nil {
			log.Print(err)
		}
		return err
	}
	return nil
}

// AgainSafe stores an order under the id that the client has chosen: when the client tries again, both are put again.
func (s *Shop) AgainSafe(ctx context.Context, id, customer string) error {
	if err := s.put(ctx, "orders", Order{ID: id, Customer: customer}); err != nil {
		return err
	}
	return s.put(ctx, "receipts", Receipt{Order: id, Text: "thank you"})
}

// AuditSafe adds a line to the log, which is for people to look at.
func (s *Shop) AuditSafe(ctx context.Context, customer string) error {
	o := Order{ID: uuid.NewString(), Customer: customer}
	if err := s.put(ctx, "orders", o); err != nil {
		return err
	}
	return s.put(ctx, "auditlog", Entry{ID: uuid.NewString(), Order: o.ID})
}

// KindSafe does without a receipt on purpose: nobody hears of its failure.
func (s *Shop) KindSafe(ctx context.Context, customer string) error {
	o := Order{ID: uuid.NewString(), Customer: customer}
	if err := s.put(ctx, "orders", o); err != nil {
		return err
	}
	if err := s.put(ctx, "receipts", Receipt{Order: o.ID, Text: "thank you"}); err != nil {
		log.Print(err)
	}
	return nil
}

// Count stores an order and counts it.
func (s *Shop) Count(ctx context.Context, customer string) error {
	if err := s.put(ctx, "orders", Order{ID: uuid.NewString(), Customer: customer}); err != nil {
		return err
	}
	_, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want tornsequence
		TableName:                 aws.String("customers"),
		Key:                       key(customer),
		UpdateExpression:          aws.String("ADD orders :one"),
		ExpressionAttributeValues: one(),
	})
	return err
}

// CountSafe counts in the transaction that stores.
func (s *Shop) CountSafe(ctx context.Context, customer string) error {
	order, err := attributevalue.MarshalMap(Order{ID: uuid.NewString(), Customer: customer})
	if err != nil {
		return err
	}
	_, err = s.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String("orders"), Item: order}},
		{Update: &types.Update{
			TableName:                 aws.String("customers"),
			Key:                       key(customer),
			UpdateExpression:          aws.String("ADD orders :one"),
			ExpressionAttributeValues: one(),
		}},
	}})
	return err
}
