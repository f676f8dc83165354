/**
 * Which errors of our libraries a request can cause, and the status that each ends as. A code that does not stand here is a
 * defect of ours: it answers 500 and stays in the log, so a forgotten line never tells a caller too much.
 */
export const CODED_STATUS: Readonly<Record<string, number>> = {
  unknown_projection: 404,
  unknown_subscription: 404,

  command_mismatch: 409,
  mixed_assets: 409,
  not_parked: 409,
  projection_outdated: 409,
  rebuild_running: 409,
  revision_conflict: 409,

  erased: 410,

  append_too_large: 413,
  event_too_large: 413,

  amount_out_of_range: 422,
  invalid_amount: 422,
  invalid_asset: 422,
  invalid_instant: 422,
  invalid_json: 422,
  invalid_period: 422,
  invalid_rational: 422,
  invalid_reference: 422,
  invalid_stream_name: 422,
  invalid_uuid: 422,
  too_many_fields: 422,
  unknown_currency: 422,
  unknown_zone: 422,

  // Somebody else owns the work now, or something is down: the same request may succeed in a moment.
  fenced: 503,
  unavailable: 503,
};
