import { PageHead } from '../parts/page-head';

export default function Reservation() {
  return <PageHead title="reservation" />;
}
