package conformance

import "net/http"

// group creates a log group whose name begins with the prefix, and returns its
// ID.
func (t *trial) group(name string) string {
	q := question{operation: "CreateLogGroup", body: object{"log_group_name": t.prefix + name, "ttl_in_days": 7}}
	return t.fixture(q, "log_group_id")
}

// stream creates a log stream in a group and returns its ID.
func (t *trial) stream(group, name string) string {
	q := question{operation: "CreateLogStream", ids: ids{group: group}, body: object{"log_stream_name": name}}
	return t.fixture(q, "log_stream_id")
}

// logtank creates a logtank and returns its ID.
func (t *trial) logtank(resource string) string {
	return t.fixture(question{operation: "CreateLogtank", body: logtankBody(t.prefix + resource)}, "logtank", "id")
}

// logtankBody is the body that creates a logtank of a resource.
func logtankBody(resource string) object {
	return object{"logtank": object{
		"resource_type": "LISTENER", "resource_id": resource, "log_group_id": unknownID, "log_stream_id": unknownID,
	}}
}

// transfer creates a transfer of a stream and returns its ID.
func (t *trial) transfer(group, stream, prefixName string) string {
	return t.fixture(question{operation: "CreateOBSTransfer", body: t.transferBody(group, stream, prefixName)}, "log_dump_obs_id")
}

// transferBody is the body that creates a transfer.
func (t *trial) transferBody(group, stream, prefixName string) object {
	return object{
		"log_group_id": group, "log_stream_ids": []any{stream}, "obs_bucket_name": t.target.Bucket,
		"type": "cycle", "storage_format": "RAW", "period": 12, "period_unit": "hour", "prefix_name": prefixName,
	}
}

// fixture creates something and returns its ID, which stands under names in the
// answer.
func (t *trial) fixture(q question, names ...string) string {
	a, _ := t.send(q)
	id := text(a.value, names...)
	if a.status != http.StatusCreated || id == "" {
		t.couldNotRun("%s: status %d: %s", q.operation, a.status, a.exchange.Body)
	}
	return id
}
