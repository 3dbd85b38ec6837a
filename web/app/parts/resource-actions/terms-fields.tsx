import { errorAt } from '../../server/field-errors';
import { CheckedText } from '../checked-field';
import type { Terms, Work } from './works';

interface TermsProps {
  work: Work;
  terms: Terms;
  onTerms: (terms: Terms) => void;
  failure: unknown;
}

/** The fields for what a work asks for. */
export function TermsFields({ work, terms, onTerms, failure }: TermsProps) {
  return (
    <>
      {work.asks.includes('reason') && (
        <CheckedText
          label="Reason"
          hint="Optional. It stands in the event, where others read it."
          maxLength={200}
          value={terms.reason}
          onValue={(reason) => onTerms({ ...terms, reason })}
          error={errorAt(failure, 'reason')}
        />
      )}
      {work.asks.includes('until') && (
        <CheckedText
          label="Until"
          type="datetime-local"
          hint="Optional, in your time zone: then it comes back by itself."
          value={terms.until}
          onValue={(until) => onTerms({ ...terms, until })}
          error={errorAt(failure, 'until')}
        />
      )}
    </>
  );
}
