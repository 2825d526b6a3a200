/**
 * A query of the revisions (epoch and number) that must stay whole, with all that they name: live ones, those that some
 * node should serve, pinned ones, and those that a hold may bring back.
 */
export const KEPT_REVISIONS = `
SELECT epoch, live_revision FROM configuration WHERE live_revision IS NOT NULL
UNION SELECT epoch, revision FROM desired
UNION SELECT epoch, revision FROM snapshot_pins
UNION SELECT epoch, restores FROM publish_holds WHERE outcome IS NULL`
