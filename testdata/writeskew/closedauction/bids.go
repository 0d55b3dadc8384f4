// Package closedauction takes bids while an auction is open. The auction is one
// item, each bid another.
//
// The auctioneer closes while a bidder bids: the bidder saw an open auction,
// the winner is drawn, and then a higher bid is stored.
//
// Invariant: no bid is stored after Close returned nil.
package closedauction

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// ErrClosed says that an auction takes no more bids.
var ErrClosed = errors.New("auction is closed")

// Auction is one auction.
type Auction struct {
	PK     string `dynamodbav:"pk"`
	SK     string `dynamodbav:"sk"`
	Closed bool   `dynamodbav:"closed"`
}

// Bid is one bid.
type Bid struct {
	PK     string    `dynamodbav:"pk"`
	SK     string    `dynamodbav:"sk"`
	Bidder string    `dynamodbav:"bidder"`
	Cents  int64     `dynamodbav:"cents"`
	At     time.Time `dynamodbav:"at"`
}

// House is an auction house.
type House struct {
	DB    *dynamodb.Client
	Table string
}

func auctionKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: "AUCTION#" + id},
		"sk": &types.AttributeValueMemberS{Value: "AUCTION"},
	}
}

func (h *House) auction(ctx context.Context, id string) (*Auction, error) {
	out, err := h.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(h.Table), Key: auctionKey(id)})
	if err != nil {
		return nil, err
	}
	a := &Auction{}
	return a, attributevalue.UnmarshalMap(out.Item, a)
}

func bidItem(auction, bidder string, cents int64) (map[string]types.AttributeValue, error) {
	return attributevalue.MarshalMap(Bid{
		PK:     "AUCTION#" + auction,
		SK:     "BID#" + uuid.NewString(),
		Bidder: bidder,
		Cents:  cents,
		At:     time.Now(),
	})
}

// Bid stores a bid in an open auction.
func (h *House) Bid(ctx context.Context, auction, bidder string, cents int64) error {
	a, err := h.auction(ctx, auction)
	if err != nil {
		return err
	}
	if a.Closed {
		return ErrClosed
	}
	item, err := bidItem(auction, bidder, cents)
	if err != nil {
		return err
	}
	_, err = h.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(h.Table), Item: item}) // want writeskew
	return err
}

// BidSafe stores a bid in an auction that is open when the bid arrives.
func (h *House) BidSafe(ctx context.Context, auction, bidder string, cents int64) error {
	a, err := h.auction(ctx, auction)
	if err != nil {
		return err
	}
	if a.Closed {
		return ErrClosed
	}
	item, err := bidItem(auction, bidder, cents)
	if err != nil {
		return err
	}
	open := &types.ConditionCheck{
		TableName:                 aws.String(h.Table),
		Key:                       auctionKey(auction),
		ConditionExpression:       aws.String("closed = :no"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":no": &types.AttributeValueMemberBOOL{Value: false}},
	}
	_, err = h.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{ConditionCheck: open},
			{Put: &types.Put{TableName: aws.String(h.Table), Item: item}},
		},
	})
	return err
}

// Close closes an auction.
func (h *House) Close(ctx context.Context, auction string) error {
	_, err := h.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(h.Table),
		Key:                       auctionKey(auction),
		UpdateExpression:          aws.String("SET closed = :yes"),
		ConditionExpression:       aws.String("attribute_exists(pk)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":yes": &types.AttributeValueMemberBOOL{Value: true}},
	})
	return err
}
