// Never run, only type-checked: both makers' devices and calls have the words that the desk uses.

import { Call as TwilioCall, Device as TwilioDevice } from "@twilio/voice-sdk";
import { Call as DemoCall, Device as DemoDevice } from "../../hotline/simulator/static/voice.js";
import type { SoftphoneCall, SoftphoneDevice } from "../../hotline/web/static/softphone.js";

type Fits<Wanted, Made extends Wanted> = Made;

export type Calls = Fits<SoftphoneCall, DemoCall> | Fits<SoftphoneCall, TwilioCall>;
export type Devices = Fits<SoftphoneDevice, DemoDevice> | Fits<SoftphoneDevice, TwilioDevice>;
