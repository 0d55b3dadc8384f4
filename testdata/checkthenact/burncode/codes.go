// Package burncode hands out a token for a code, and does not look whether the code could be marked as used: a condition on the mark
// alone would be refused in silence, and the token be handed out all the same. So the fix returns the error as well, or answers the
// request as it does when the code cannot be read.
//
// Two clients redeem one code: both read that it is unused, both get a token.
//
// Invariant: a code gives one token.
package burncode

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrUsed says that the code was used before.
var ErrUsed = errors.New("the code was used")

// Code is one code.
type Code struct {
	Code string `dynamodbav:"code"`
	Used string `dynamodbav:"used"` // by whom
}

// Codes are kept in a table.
type Codes struct {
	DB    *dynamodb.Client
	Table string
}

func key(code string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"code": &types.AttributeValueMemberS{Value: code}}
}

func (c *Codes) code(ctx context.Context, id string) (*Code, error) {
	out, err := c.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(c.Table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	var code Code
	return &code, attributevalue.UnmarshalMap(out.Item, &code)
}

func (c *Codes) burn(ctx context.Context, id, who string) error {
	_, err := c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(c.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET used = :who"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":who": &types.AttributeValueMemberS{Value: who}},
	})
	return err
}

// Redeem gives a token for a code.
func (c *Codes) Redeem(ctx context.Context, id, who string) (string, error) {
	code, err := c.code(ctx, id)
	if err != nil {
		return "", err
	}
	if code.Used != "" {
		return "", ErrUsed
	}
	_ = c.burn(ctx, id, who) // want checkthenact
	return "token for " + id, nil
}

// RedeemSafe gives a token for a code that it could mark.
func (c *Codes) RedeemSafe(ctx context.Context, id, who string) (string, error) {
	_, err := c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(c.Table),
		Key:                 key(id),
		UpdateExpression:    aws.String("SET used = :who"),
		ConditionExpression: aws.String("attribute_not_exists(used) OR used = :nobody"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":who":    &types.AttributeValueMemberS{Value: who},
			":nobody": &types.AttributeValueMemberS{Value: ""},
		},
	})
	if err != nil {
		return "", err
	}
	return "token for " + id, nil
}

// Hand is Redeem for a request. Nobody has been answered yet where the code is marked.
func (c *Codes) Hand(w http.ResponseWriter, r *http.Request) {
	ctx, id, who := r.Context(), r.FormValue("code"), r.FormValue("who")
	code, err := c.code(ctx, id)
	if err != nil {
		http.Error(w, "codes cannot be read", http.StatusInternalServerError)
		return
	}
	if code.Used != "" {
		http.Error(w, ErrUsed.Error(), http.StatusConflict)
		return
	}
	_, _ = c.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want checkthenact
		TableName:                 aws.String(c.Table),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET used = :who"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":who": &types.AttributeValueMemberS{Value: who}},
	})
	fmt.Fprintln(w, "token for "+id)
}

// HandSafe answers with a token for a code that could be marked.
func (c *Codes) HandSafe(w http.ResponseWriter, r *http.Request) {
	token, err := c.RedeemSafe(r.Context(), r.FormValue("code"), r.FormValue("who"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	fmt.Fprintln(w, token)
}
