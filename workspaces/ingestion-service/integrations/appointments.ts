import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import { metadata } from '@postrider/shared/events/metadata.ts';
import { text } from '@postrider/shared/events/text.ts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { namedRecipients } from './named-recipients.ts';
import { type IntegrationParts, takeSignal } from './typed-messages.ts';

const optionalText = text().max(1_000).nullish();

/** The body of `/webhook/events` of the former hospital webhook receiver. */
export const appointmentRequest = z.object({
  event_type: text().max(100),
  appointment_id: text().max(255),
  patient_id: optionalText,
  doctor_id: optionalText,
  slot: metadata.nullish(),
  status: optionalText,
  /** `email` and `phone` in it, and `name`, say who is told. */
  metadata: metadata.nullish(),
});

/** `POST /webhook/events`: becomes `appointment.created`, `.changed` or `.cancelled`, or another type by its name. */
export function postAppointment(parts: IntegrationParts): RequestHandler {
  return async (request, response) => {
    const event = parseOrThrow(appointmentRequest, request.body);
    if (event.event_type.trim() === '' || event.appointment_id.trim() === '') {
      throw new AppError('validation_failed', 'Invalid payload');
    }
    const { parent } = await takeSignal(
      parts,
      {
        type: typeOf(event.event_type),
        data: withoutEmpty({
          appointmentId: event.appointment_id,
          patientId: event.patient_id,
          doctorId: event.doctor_id,
          slot: event.slot,
          status: event.status,
          time: textAt(event.slot, 'start', 'start_time', 'time', 'date'),
          name: textAt(event.metadata, 'name'),
        }),
        to: namedRecipients(event.metadata, parts.phoneCountry),
        ...(event.metadata && { metadata: event.metadata }),
      },
      request,
    );
    response.json({ ack: true, trace_id: parent._id });
  };
}

const SYNONYMS: Record<string, string> = {
  'appointment.updated': 'appointment.changed',
  'appointment.rescheduled': 'appointment.changed',
  'appointment.canceled': 'appointment.cancelled',
};

/** `APPOINTMENT_CREATED` is `appointment.created`. */
function typeOf(eventType: string): string {
  const words = eventType.toLowerCase().match(/[a-z0-9]+/g) ?? ['unknown'];
  const type = words.join('.');
  return SYNONYMS[type] ?? type;
}

/** The text at the first of these names that has one. */
function textAt(fields: Record<string, unknown> | null | undefined, ...names: string[]): string | undefined {
  return names.map((name) => fields?.[name]).find((value) => typeof value === 'string');
}

function withoutEmpty(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
