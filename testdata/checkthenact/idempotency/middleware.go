// Package idempotency is a middleware that answers a repeated request with the
// answer of the first: look it up, else run the handler and store its answer.
//
// A client that times out sends its payment again while the first is still
// running: nothing is stored yet, and the handler pays twice.
//
// Invariant: the handler runs once for each key.
package idempotency

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrRunning says that the first request is not done.
var ErrRunning = errors.New("request is being handled")

// A Handler handles a request that has a key.
type Handler func(ctx context.Context, key, body string) (answer string, err error)

// Answers stores answers.
type Answers struct {
	DB    *dynamodb.Client
	Table string
}

func (a *Answers) find(ctx context.Context, key string) (answer string, ok bool, err error) {
	out, err := a.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(a.Table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: key}},
	})
	if err != nil {
		return "", false, err
	}
	s, ok := out.Item["answer"].(*types.AttributeValueMemberS)
	if !ok {
		return "", false, nil
	}
	return s.Value, true, nil
}

func (a *Answers) put(ctx context.Context, key, answer string, cond *string) error {
	item := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: key}}
	if answer != "" {
		item["answer"] = &types.AttributeValueMemberS{Value: answer}
	}
	_, err := a.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(a.Table), Item: item, ConditionExpression: cond})
	return err
}

// Once wraps a handler.
func (a *Answers) Once(next Handler) Handler {
	return func(ctx context.Context, key, body string) (string, error) {
		answer, ok, err := a.find(ctx, key)
		if err != nil {
			return "", err
		}
		if ok {
			return answer, nil
		}
		answer, err = next(ctx, key, body)
		if err != nil {
			return "", err
		}
		return answer, a.put(ctx, key, answer, nil) // want checkthenact
	}
}

// OnceSafe wraps a handler and claims the key before it runs.
func (a *Answers) OnceSafe(next Handler) Handler {
	return func(ctx context.Context, key, body string) (string, error) {
		answer, ok, err := a.find(ctx, key)
		if err != nil || ok {
			return answer, err
		}
		err = a.put(ctx, key, "", aws.String("attribute_not_exists(id)"))
		var claimed *types.ConditionalCheckFailedException
		if errors.As(err, &claimed) {
			return "", ErrRunning
		}
		if err != nil {
			return "", err
		}
		answer, err = next(ctx, key, body)
		if err != nil {
			return "", err
		}
		return answer, a.put(ctx, key, answer, aws.String("attribute_exists(id) AND attribute_not_exists(answer)"))
	}
}

// HTTP puts a wrapped handler behind a header.
func HTTP(h Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, err := h(r.Context(), r.Header.Get("Idempotency-Key"), r.FormValue("body"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		_, _ = w.Write([]byte(answer))
	}
}
