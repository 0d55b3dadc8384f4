package unheeded

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

// set changes one attribute of a profile.
func (p *Profiles) set(ctx context.Context, id, expr string, value types.AttributeValue) error {
	_, err := p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(p.Table),
		Key:                       map[string]types.AttributeValue{"id": text(id)},
		UpdateExpression:          aws.String(expr),
		ExpressionAttributeValues: map[string]types.AttributeValue{":v": value},
	})
	return err
}

// extend adds to the text in an attribute, unless somebody else has.
func (p *Profiles) extend(ctx context.Context, id, attr, old, more string) error {
	_, err := p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(p.Table),
		Key:                       map[string]types.AttributeValue{"id": text(id)},
		UpdateExpression:          aws.String("SET #attr = :new"),
		ConditionExpression:       aws.String("#attr = :old"),
		ExpressionAttributeNames:  map[string]string{"#attr": attr},
		ExpressionAttributeValues: map[string]types.AttributeValue{":new": text(old + more), ":old": text(old)},
	})
	return err
}

// RenameSafe changes the name that it has read, and nothing else.
func (p *Profiles) RenameSafe(ctx context.Context, id, name string) (*Profile, error) {
	found, err := p.get(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := p.extend(ctx, id, "name", found.Name, name); err != nil {
		return nil, err
	}
	found.Name += name
	return found, nil
}

// RewardSafe has DynamoDB add.
func (p *Profiles) RewardSafe(ctx context.Context, ids []string, points int) error {
	var failed error
	for _, id := range ids {
		failed = errors.Join(failed, p.set(ctx, id, "ADD points :v", number(points)))
	}
	return failed
}

// BonusSafe has DynamoDB add.
func (p *Profiles) BonusSafe(ctx context.Context, id string, points int, friend string) (int, error) {
	err := errors.Join(p.set(ctx, id, "ADD points :v", number(points)), p.set(ctx, friend, "ADD likes :v", number(1)))
	if err != nil {
		return 0, err
	}
	found, err := p.get(ctx, id)
	if err != nil {
		return 0, err
	}
	return found.Points, nil
}

// MoveSafe has DynamoDB count.
func (p *Profiles) MoveSafe(ctx context.Context, id, town string) error {
	if err := near(town); err != nil {
		return errors.Join(err, p.set(ctx, id, "ADD tries :v", number(1)))
	}
	return p.set(ctx, id, "SET town = :v", text(town))
}

// LikeSafe has DynamoDB count.
func (p *Profiles) LikeSafe(w http.ResponseWriter, r *http.Request) {
	if err := p.set(r.Context(), r.FormValue("id"), "ADD likes :v", number(1)); err != nil {
		http.Error(w, "try again", http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "thank you")
}

// StarSafe has DynamoDB count.
func (p *Profiles) StarSafe(ctx context.Context, id string, to Reply) error {
	if err := p.set(ctx, id, "ADD likes :v", number(1)); err != nil {
		return to.JSON(http.StatusInternalServerError, err.Error())
	}
	return to.JSON(http.StatusOK, id)
}

// TradeSafe has DynamoDB subtract.
func (p *Profiles) TradeSafe(ctx context.Context, id string, points int) (int, error) {
	if err := p.set(ctx, id, "ADD points :v", number(-points)); err != nil {
		return 0, err
	}
	found, err := p.get(ctx, id)
	if err != nil {
		return 0, err
	}
	return found.Points, nil
}

// ExpireSafe closes the profile that it has read.
func (p *Profiles) ExpireSafe(ctx context.Context, id, by string) (bool, error) {
	found, err := p.get(ctx, id)
	if err != nil {
		return false, err
	}
	return p.extend(ctx, id, "closed", found.Closed, by) == nil, nil
}

// RecountSafe sets the points, and nothing else.
func (p *Profiles) RecountSafe(ctx context.Context, points map[string]int) {
	for id, n := range points {
		if err := p.set(ctx, id, "SET points = :v", number(n)); err != nil {
			log.Printf("recount of %s: %v", id, err)
		}
	}
}
