package arithmetic

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func number(n int) types.AttributeValue { return &types.AttributeValueMemberN{Value: strconv.Itoa(n)} }

// Book books seats, of which there are most.
func (p *Purses) Book(ctx context.Context, owner string, seats, most int) error {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(p.Table), Key: p.key(owner)})
	if err != nil {
		return err
	}
	booked := 0
	if n, ok := out.Item["booked"].(*types.AttributeValueMemberN); ok {
		if booked, err = strconv.Atoi(n.Value); err != nil {
			return err
		}
	}
	if booked+seats > most {
		return fmt.Errorf("%w: %d of %d seats are booked", Refused, booked, most)
	}
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName:                 aws.String(p.Table),
		Key:                       p.key(owner),
		UpdateExpression:          aws.String("SET booked = :n"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": number(booked + seats)},
	})
	return err
}

// BookSafe lets DynamoDB look and add.
func (p *Purses) BookSafe(ctx context.Context, owner string, seats, most int) error {
	in := p.update(owner, "ADD booked :by", "attribute_not_exists(booked) OR booked <= :most", number(seats))
	in.ExpressionAttributeValues[":most"] = number(most - seats)
	_, err := p.DB.UpdateItem(ctx, in)
	return err
}

func (p *Purses) degrees(ctx context.Context, owner string) (int, error) {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(p.Table), Key: p.key(owner)})
	if err != nil {
		return 0, err
	}
	n, ok := out.Item["degrees"].(*types.AttributeValueMemberN)
	if !ok {
		return 20, nil
	}
	return strconv.Atoi(n.Value)
}

// Heat turns the heating up. Where nobody has, it is at twenty degrees: DynamoDB would begin with none.
func (p *Purses) Heat(ctx context.Context, owner string, by int) error {
	old, err := p.degrees(ctx, owner)
	if err != nil {
		return err
	}
	_, err = p.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want lostupdate
		TableName:                 aws.String(p.Table),
		Key:                       p.key(owner),
		UpdateExpression:          aws.String("SET degrees = :new"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":new": number(old + by)},
	})
	return err
}

// HeatSafe lets DynamoDB begin with twenty.
func (p *Purses) HeatSafe(ctx context.Context, owner string, by int) error {
	in := p.update(owner, "SET degrees = if_not_exists(degrees, :twenty) + :by", "", number(by))
	in.ExpressionAttributeValues[":twenty"] = number(20)
	_, err := p.DB.UpdateItem(ctx, in)
	return err
}
