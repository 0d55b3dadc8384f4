// Package inprogram makes the program check what only DynamoDB can: whether a form still has the version that its editor saw,
// whether an application is open, whether a code is unused.
//
// Two editors who saw version 1 both find version 1, and both put a version 2: one of them is lost. An application that is
// approved and withdrawn at once is found open by both. A code that is redeemed twice at once is unused for both, and an error
// for nobody.
//
// Invariant: of two who edit the same version, close the same application, or redeem the same code, one succeeds.
package inprogram

import (
	"context"
	"errors"
	"sort"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The ways in which something is refused.
var (
	ErrConflict = errors.New("somebody else has edited the form")
	ErrClosed   = errors.New("the application is closed")
	ErrCode     = errors.New("no such code")
)

// Form is a form, an application made with it, or a code that admits to it.
type Form struct {
	ID      string    `dynamodbav:"id"`
	Text    string    `dynamodbav:"text"`
	State   string    `dynamodbav:"state"`
	Version int       `dynamodbav:"version"`
	Used    bool      `dynamodbav:"used"`
	Issued  time.Time `dynamodbav:"issued"`
}

// Office keeps forms.
type Office struct {
	DB    *dynamodb.Client
	Table string
}

func (o *Office) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (o *Office) get(ctx context.Context, id string) (f Form, ok bool, err error) {
	out, err := o.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(o.Table), Key: o.key(id)})
	if err != nil || len(out.Item) == 0 {
		return f, false, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &f)
	return f, err == nil, err
}

func (o *Office) put(ctx context.Context, f Form, condition *string, values map[string]types.AttributeValue) error {
	item, err := attributevalue.MarshalMap(f)
	if err != nil {
		return err
	}
	_, err = o.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(o.Table), Item: item, ConditionExpression: condition, ExpressionAttributeValues: values,
	})
	return err
}

// Edit stores a form that has the version which the editor saw.
func (o *Office) Edit(ctx context.Context, in Form) error {
	old, _, err := o.get(ctx, in.ID)
	if err != nil {
		return err
	}
	if old.Version != in.Version {
		return ErrConflict
	}
	in.Version++
	return o.put(ctx, in, nil, nil) // want checkthenact
}

// EditSafe lets DynamoDB compare the versions.
func (o *Office) EditSafe(ctx context.Context, in Form) error {
	seen, err := attributevalue.Marshal(in.Version)
	if err != nil {
		return err
	}
	in.Version++
	return o.put(ctx, in, aws.String("version = :seen"), map[string]types.AttributeValue{":seen": seen})
}

// set sets attributes by their names, under a condition where there is one.
func (o *Office) set(ctx context.Context, id string, attributes map[string]any, condition *expression.ConditionBuilder) error {
	var update expression.UpdateBuilder
	names := make([]string, 0, len(attributes))
	for name := range attributes {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		update = update.Set(expression.Name(name), expression.Value(attributes[name]))
	}
	b := expression.NewBuilder().WithUpdate(update)
	if condition != nil {
		b = b.WithCondition(*condition)
	}
	expr, err := b.Build()
	if err != nil {
		return err
	}
	_, err = o.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(o.Table), Key: o.key(id), UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Close gives an open application its last state.
func (o *Office) Close(ctx context.Context, id, state, text string) error {
	f, _, err := o.get(ctx, id)
	if err != nil {
		return err
	}
	if f.State != "open" {
		return ErrClosed
	}
	return o.set(ctx, id, map[string]any{"state": state, "text": text}, nil) // want checkthenact
}

// CloseSafe lets DynamoDB check that the application is open.
func (o *Office) CloseSafe(ctx context.Context, id, state, text string) error {
	open := expression.Name("state").Equal(expression.Value("open"))
	return o.set(ctx, id, map[string]any{"state": state, "text": text}, &open)
}

// Redeem uses a code up.
func (o *Office) Redeem(ctx context.Context, id string) error {
	f, ok, err := o.get(ctx, id)
	if err != nil {
		return err
	}
	if !ok || f.Used || f.Issued.IsZero() {
		return ErrCode
	}
	_, err = o.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName: aws.String(o.Table), Key: o.key(id), UpdateExpression: aws.String("SET used = :yes"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":yes": &types.AttributeValueMemberBOOL{Value: true}},
	})
	return err
}

// RedeemSafe lets DynamoDB check that the code is unused.
func (o *Office) RedeemSafe(ctx context.Context, id string) error {
	f, ok, err := o.get(ctx, id)
	if err != nil {
		return err
	}
	if !ok || f.Used || f.Issued.IsZero() {
		return ErrCode
	}
	_, err = o.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(o.Table), Key: o.key(id), UpdateExpression: aws.String("SET used = :yes"),
		ConditionExpression: aws.String("used = :no"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":yes": &types.AttributeValueMemberBOOL{Value: true}, ":no": &types.AttributeValueMemberBOOL{Value: false},
		},
	})
	return err
}
