// Package callsign registers radio stations, and looks them up by the item that their call sign has.
//
// Silent: where there is no such item, station and call sign are put in one transaction, the call sign on condition that it
// does not exist. So DynamoDB checks the absence that was read, though the station's own key is new. Of the two items only
// the one whose key was looked up counts.
//
// Invariant: a call sign belongs to one station, and whoever has asked for it got that one.
package callsign

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// The answers of a register.
var (
	ErrTaken    = errors.New("the call sign is taken")
	ErrNoID     = errors.New("a station without an id")
	ErrDangling = errors.New("the call sign has no station")
)

// Station is one radio station.
type Station struct{ ID, Sign string }

type stationItem struct {
	ID   string `dynamodbav:"id"`
	Sign string `dynamodbav:"sign"`
}

type signItem struct {
	ID      string `dynamodbav:"id"`
	Station string `dynamodbav:"station"`
}

func signID(sign string) string { return "sign#" + strings.ToUpper(strings.TrimSpace(sign)) }

// Register stores stations and, beside them, call signs.
type Register struct {
	DB    *dynamodb.Client
	Table string
}

func (r *Register) get(ctx context.Context, id string) (map[string]types.AttributeValue, error) {
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(r.Table),
		Key:            map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

// ByID reads a station.
func (r *Register) ByID(ctx context.Context, id string) (*Station, error) {
	item, err := r.get(ctx, id)
	if err != nil {
		return nil, err
	}
	if item == nil {
		return nil, ErrDangling
	}
	var st stationItem
	if err := attributevalue.UnmarshalMap(item, &st); err != nil {
		return nil, err
	}
	return &Station{ID: st.ID, Sign: st.Sign}, nil
}

// BySign finds the station of a call sign; nil when there is none.
func (r *Register) BySign(ctx context.Context, sign string) (*Station, error) {
	item, err := r.get(ctx, signID(sign))
	if err != nil {
		return nil, err
	}
	if item == nil {
		return nil, nil
	}
	var entry signItem
	if err := attributevalue.UnmarshalMap(item, &entry); err != nil {
		return nil, err
	}
	if entry.Station == "" {
		return nil, ErrDangling
	}
	return r.ByID(ctx, entry.Station)
}

// Create puts a station and its call sign.
func (r *Register) Create(ctx context.Context, st Station) error {
	if st.ID == "" {
		return ErrNoID
	}
	station, err := attributevalue.MarshalMap(stationItem{ID: st.ID, Sign: st.Sign})
	if err != nil {
		return err
	}
	sign, err := attributevalue.MarshalMap(signItem{ID: signID(st.Sign), Station: st.ID})
	if err != nil {
		return err
	}
	_, err = r.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String(r.Table), Item: station, ConditionExpression: aws.String("attribute_not_exists(id)")}},
		{Put: &types.Put{TableName: aws.String(r.Table), Item: sign, ConditionExpression: aws.String("attribute_not_exists(id)")}},
	}})
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) && slices.ContainsFunc(cancelled.CancellationReasons, refused) {
		return ErrTaken
	}
	return err
}

// refused tells a condition that does not hold from a conflict with another transaction.
func refused(r types.CancellationReason) bool {
	return aws.ToString(r.Code) == "ConditionalCheckFailed"
}

// signs is what an operator needs of the register.
type signs interface {
	BySign(ctx context.Context, sign string) (*Station, error)
	Create(ctx context.Context, st Station) error
}

var _ signs = (*Register)(nil)

// OnAir gives the station of a call sign, a new one if there is none yet. Who comes second gets the first one's.
func OnAir(ctx context.Context, r signs, sign string) (string, error) {
	sign = strings.ToUpper(sign)
	station, err := r.BySign(ctx, sign)
	if err != nil {
		return "", err
	}
	if station == nil {
		st := Station{ID: uuid.NewString(), Sign: sign}
		if err := r.Create(ctx, st); err != nil {
			if !errors.Is(err, ErrTaken) {
				return "", err
			}
			station, err = r.BySign(ctx, sign)
			if err != nil {
				return "", err
			}
			if station == nil {
				return "", ErrDangling
			}
		} else {
			station = &st
		}
	}
	return station.ID, nil
}
