package catalog

import (
	"database/sql"
	"errors"

	"github.com/ltskit/ltskit/lts"
)

const selectTransfers = `SELECT t.id, t.group_id, g.name, t.bucket, t.format, t.period, t.period_unit, t.prefix, t.dir, t.enabled, t.failed, t.created_ms, t.ran_ms
	FROM transfers t JOIN log_groups g ON g.project_id = t.project_id AND g.id = t.group_id WHERE t.project_id = ?`

const selectTransferStreams = `SELECT t.transfer_id, t.stream_id, s.name, t.window_number, t.window_from, t.window_to, t.object_key, t.object_format
	FROM transfer_streams t JOIN log_streams s ON s.id = t.stream_id WHERE t.project_id = ?`

func scanTransfer(r row) (lts.Transfer, error) {
	var t lts.Transfer
	var created, ran int64
	err := r.Scan(&t.ID, &t.GroupID, &t.GroupName, &t.Bucket, &t.Format, &t.Period.Length, &t.Period.Unit, &t.Prefix, &t.Dir,
		&t.Enabled, &t.Failed, &created, &ran)
	t.CreatedAt, t.RanAt = fromMillis(created), fromMillis(ran)
	return t, err
}

// transferStream is a row of transfer_streams.
type transferStream struct {
	lts.TransferStream

	transferID string
}

func scanTransferStream(r row) (transferStream, error) {
	var s transferStream
	w := &s.Window
	err := r.Scan(&s.transferID, &s.ID, &s.Name, &w.Number, &w.From, &w.To, &w.Key, &w.Format)
	return s, err
}

func (t *tx) Transfers() ([]lts.Transfer, error) {
	transfers, err := list(t, scanTransfer, selectTransfers+` ORDER BY t.seq`, t.projectID)
	if err != nil || len(transfers) == 0 {
		return nil, err
	}
	streams, err := list(t, scanTransferStream, selectTransferStreams+` ORDER BY t.seq`, t.projectID)
	if err != nil {
		return nil, err
	}
	of := make(map[string][]lts.TransferStream)
	for _, s := range streams {
		of[s.transferID] = append(of[s.transferID], s.TransferStream)
	}
	for i := range transfers {
		transfers[i].Streams = of[transfers[i].ID]
	}
	return transfers, nil
}

func (t *tx) Transfer(id string) (lts.Transfer, bool, error) {
	transfer, ok, err := one(t, scanTransfer, selectTransfers+` AND t.id = ?`, t.projectID, id)
	if err != nil || !ok {
		return lts.Transfer{}, false, err
	}
	streams, err := list(t, scanTransferStream, selectTransferStreams+` AND t.transfer_id = ? ORDER BY t.seq`, t.projectID, id)
	for _, s := range streams {
		transfer.Streams = append(transfer.Streams, s.TransferStream)
	}
	return transfer, err == nil, err
}

func (t *tx) TransferOfStream(streamID string) (string, lts.TransferWindow, bool, error) {
	s, ok, err := one(t, scanTransferStream, selectTransferStreams+` AND t.stream_id = ?`, t.projectID, streamID)
	return s.transferID, s.Window, ok, err
}

func (t *tx) InsertTransfer(transfer lts.Transfer) error {
	err := t.exec(`INSERT INTO transfers (id, project_id, group_id, bucket, format, period, period_unit, prefix, dir, enabled, failed, created_ms, ran_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		transfer.ID, t.projectID, transfer.GroupID, transfer.Bucket, transfer.Format, transfer.Period.Length, transfer.Period.Unit,
		transfer.Prefix, transfer.Dir, transfer.Enabled, transfer.Failed, millis(transfer.CreatedAt), millis(transfer.RanAt))
	for _, s := range transfer.Streams {
		if err == nil {
			err = t.insertTransferStream(transfer, s)
		}
	}
	return err
}

// insertTransferStream takes the stream from the transfer's group only: a row of
// another project cannot be reached by its ID.
func (t *tx) insertTransferStream(transfer lts.Transfer, s lts.TransferStream) error {
	w := s.Window
	result, err := t.sql.ExecContext(t.ctx, `INSERT INTO transfer_streams (project_id, transfer_id, stream_id, window_number, window_from, window_to, object_key, object_format)
		SELECT ?, ?, id, ?, ?, ?, ?, ? FROM log_streams WHERE project_id = ? AND group_id = ? AND id = ?`,
		t.projectID, transfer.ID, w.Number, w.From, w.To, w.Key, w.Format, t.projectID, transfer.GroupID, s.ID)
	if err != nil {
		return err
	}
	return atLeastOne(result)
}

var errNoStream = errors.New("catalog: the group of the transfer has no such stream")

func atLeastOne(result sql.Result) error {
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		err = errNoStream
	}
	return err
}

func (t *tx) UpdateTransfer(transfer lts.Transfer) error {
	return t.exec(`UPDATE transfers SET bucket = ?, format = ?, period = ?, period_unit = ?, prefix = ?, dir = ?, enabled = ?, failed = ?, ran_ms = ? WHERE project_id = ? AND id = ?`,
		transfer.Bucket, transfer.Format, transfer.Period.Length, transfer.Period.Unit, transfer.Prefix, transfer.Dir,
		transfer.Enabled, transfer.Failed, millis(transfer.RanAt), t.projectID, transfer.ID)
}

func (t *tx) UpdateTransferWindow(streamID string, w lts.TransferWindow) error {
	return t.exec(`UPDATE transfer_streams SET window_number = ?, window_from = ?, window_to = ?, object_key = ?, object_format = ? WHERE project_id = ? AND stream_id = ?`,
		w.Number, w.From, w.To, w.Key, w.Format, t.projectID, streamID)
}

func (t *tx) DeleteTransfer(id string) error {
	return t.exec(`DELETE FROM transfers WHERE project_id = ? AND id = ?`, t.projectID, id)
}
