package server

import (
	"context"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/lts"
)

type streamHandlers struct{ service *lts.Service }

func (h streamHandlers) CreateLogStream(ctx context.Context, req apiserver.CreateLogStreamRequestObject) (apiserver.CreateLogStreamResponseObject, error) {
	stream, err := h.service.CreateStream(ctx, req.ProjectID, req.LogGroupID, lts.StreamSpec{
		Name:    req.Body.LogStreamName,
		Alias:   deref(req.Body.LogStreamNameAlias),
		TTLDays: int(deref(req.Body.TTLInDays)),
		Tags:    fromTags(req.Body.Tags),
	})
	if err != nil {
		return nil, err
	}
	return apiserver.CreateLogStream201JSONResponse{LogStreamID: stream.ID}, nil
}

func (h streamHandlers) ListLogStreams(ctx context.Context, req apiserver.ListLogStreamsRequestObject) (apiserver.ListLogStreamsResponseObject, error) {
	streams, err := h.service.Streams(ctx, req.ProjectID, req.LogGroupID)
	if err != nil {
		return nil, err
	}
	return apiserver.ListLogStreams200JSONResponse(toStreamList(streams)), nil
}

func (h streamHandlers) ListProjectLogStreams(ctx context.Context, req apiserver.ListProjectLogStreamsRequestObject) (apiserver.ListProjectLogStreamsResponseObject, error) {
	streams, err := h.service.ProjectStreams(ctx, req.ProjectID, lts.StreamFilter{
		GroupName:  deref(req.Params.LogGroupName),
		StreamName: deref(req.Params.LogStreamName),
	})
	if err != nil {
		return nil, err
	}
	answer := toStreamList(streams)
	for i, stream := range streams { // without its group nobody could ask for the stream
		answer.LogStreams[i].LogGroupID = &stream.GroupID
	}
	return apiserver.ListProjectLogStreams200JSONResponse(answer), nil
}

func (h streamHandlers) UpdateLogStreamTTL(ctx context.Context, req apiserver.UpdateLogStreamTTLRequestObject) (apiserver.UpdateLogStreamTTLResponseObject, error) {
	stream, err := h.service.UpdateStream(ctx, req.ProjectID, req.LogGroupID, req.LogStreamID, lts.StreamChange{
		TTLDays: int(req.Body.TTLInDays),
		Tags:    fromTags(req.Body.Tags),
	})
	if err != nil {
		return nil, err
	}
	return apiserver.UpdateLogStreamTTL200JSONResponse{
		CreationTime: creationTime(stream.CreatedAt),
		LogTopicID:   stream.ID,
		LogTopicName: stream.Name,
		TTLInDays:    int32(stream.TTLDays),
	}, nil
}

func (h streamHandlers) DeleteLogStream(ctx context.Context, req apiserver.DeleteLogStreamRequestObject) (apiserver.DeleteLogStreamResponseObject, error) {
	if err := h.service.DeleteStream(ctx, req.ProjectID, req.LogGroupID, req.LogStreamID); err != nil {
		return nil, err
	}
	return apiserver.DeleteLogStream204Response{}, nil
}

func toStreamList(streams []lts.Stream) api.ListLogStreamsResponse {
	answer := api.ListLogStreamsResponse{LogStreams: make([]api.LogStream, 0, len(streams))}
	for _, stream := range streams {
		answer.LogStreams = append(answer.LogStreams, api.LogStream{
			CreationTime:       creationTime(stream.CreatedAt),
			LogStreamID:        stream.ID,
			LogStreamName:      stream.Name,
			LogStreamNameAlias: optional(stream.Alias),
			Tag:                tagMap(stream.Tags),
			TTLInDays:          optional(int32(stream.TTLDays)),
		})
	}
	return answer
}
